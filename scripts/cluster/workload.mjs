// The programs of the cells, and what each must have told and done at its end, whatever was done to its servers.

/**
 * @typedef {object} Facts - What the other sides know at the end.
 * @property {ReadonlyMap<string, number>} recorded - By the key: how often the MCP server was asked for it.
 * @property {ReadonlyMap<string, readonly import("./webhook-receiver.mjs").Entry[]>} orders - By the order: each key
 *   with which the webhooks were asked for it.
 * @property {ReadonlyMap<string, any>} decisions - By the order: what people were told holds.
 *
 * @typedef {object} Kind
 * @property {(key: string, pick: (bound: number) => number) => string} source
 * @property {(key: string, output: readonly string[], facts: Facts) => boolean} isWhole - Output is without "begin" and "end".
 */

/** Milliseconds: longer than a host is believed to live that says nothing. */
const longTimerMs = 12_000;

const prelude = `
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));
  const record = async (key, n) => {
    try {
      await tools.mcp__ledger__record({ key: key + "/" + n });
      return "made " + n;
    } catch (error) {
      if (/It is not known whether/.test(error.message)) return "unknown " + n;
      return "refused " + n + ": " + error.message;
    }
  };
  const pay = async (key, n, tool = tools.pay) => "paid " + (await tool({ order: key + "/" + n, amount: n })).receipt;
`;

/** @type {Record<string, Kind>} */
export const kinds = {
  /** Effects of which nobody knows whether they were made when the server was lost; they are not made again. */
  record: {
    source: (key, below) => `
      text(await record("${key}", 1));
      await pause(${below(400)});
      text(await record("${key}", 2));`,
    isWhole: (key, output, { recorded }) =>
      output.length === 2 &&
      [1, 2].every((n) => {
        const times = recorded.get(`${key}/${n}`) ?? 0;
        if (output[n - 1] === `made ${n}`) return times === 1;
        return output[n - 1] === `unknown ${n}` && times <= 1;
      }),
  },
  /** Effects whose other side keeps the keys: they are asked for again. */
  pay: {
    source: (key, below) => `
      text(await pay("${key}", 1));
      await pause(${below(400)});
      const both = await Promise.all([pay("${key}", 2), pay("${key}", 3)]);
      for (const paid of both) text(paid);`,
    isWhole: (key, output, facts) => isPaid(key, 3, output, facts),
  },
  /** The same, where the other side does not always answer. */
  put: {
    source: (key, below) => `
      text(await pay("${key}", 1, tools.put));
      await pause(${below(400)});
      text(await pay("${key}", 2, tools.put));`,
    isWhole: (key, output, facts) => isPaid(key, 2, output, facts),
  },
  /** An effect that a person decides about, in other words at times. */
  ask: {
    source: (key) => `
      try {
        const { receipt, amount } = await tools.refund({ order: "${key}/1", amount: 10 });
        text("refunded " + amount + " " + receipt);
      } catch (error) {
        text("refused: " + error.message);
      }`,
    isWhole: (key, [said = "", ...others], { orders, decisions }) => {
      const entries = orders.get(`${key}/1`) ?? [];
      const decision = decisions.get(`${key}/1`);
      if (others.length > 0 || decision === undefined) return false;
      if (decision.verdict === "deny") {
        return entries.length === 0 && said.startsWith("refused") && said.includes(decision.note);
      }
      const [entry] = entries;
      const amount = decision.input?.amount ?? 10;
      return (
        entries.length === 1 &&
        entry?.input.amount === amount &&
        said === `refunded ${amount} ${entry?.receipt}`
      );
    },
  },
  /** Nobody waits for it, and it does nothing for longer than its server may be silent. */
  sleep: {
    source: (key) => `
      text(await pay("${key}", 1));
      await pause(${longTimerMs});
      text(await pay("${key}", 2));`,
    isWhole: (key, output, facts) => isPaid(key, 2, output, facts),
  },
  /** Finds what the cell before it has stored, wherever that was. Its output is judged by the client, who knows how many there were. */
  count: {
    source: () => `
      const n = (load("count") ?? 0) + 1;
      store("count", n);
      text("count " + n);`,
    isWhole: (_, output) => output.length === 1 && /^count \d+$/.test(output[0] ?? ""),
  },
};

/** In this order; as a list, since some come more often. */
const order = ["record", "pay", "ask", "count", "put", "record", "pay", "count", "put", "ask"];

/** Every so many cells is one that sleeps. */
const sleeperEach = 25;

/** @param {number} number - Of the cell. */
export function kindOf(number) {
  return number % sleeperEach === 7 ? "sleep" : (order[number % order.length] ?? "record");
}

/**
 * The program of a cell.
 * @param {string} kind
 * @param {string} key
 * @param {(bound: number) => number} below - Gives random numbers.
 */
export function sourceOf(kind, key, below) {
  return `${prelude}
    text("begin");
    ${kinds[kind]?.source(key, below)}
    store("${key}", load("${key}") === undefined ? "once" : "again");
    text("end");`;
}

/**
 * Whether a cell has told each thing once and in order, and done what it told.
 * @param {string} kind
 * @param {string} key
 * @param {readonly string[]} output
 * @param {Facts} facts
 */
export function isWhole(kind, key, output, facts) {
  const inner = output.slice(1, -1);
  const isFramed = output[0] === "begin" && output.length > 1 && output.at(-1) === "end";
  return isFramed && kinds[kind]?.isWhole(key, inner, facts) === true;
}

/**
 * @param {string} key
 * @param {number} calls
 * @param {readonly string[]} output
 * @param {Facts} facts
 */
function isPaid(key, calls, output, { orders }) {
  if (output.length !== calls) return false;
  return output.every((said, index) => {
    const entries = orders.get(`${key}/${index + 1}`) ?? [];
    return entries.length === 1 && said === `paid ${entries[0]?.receipt}`;
  });
}
