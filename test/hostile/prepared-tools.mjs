// The tools that attacks are given by name.

/** Settles never. */
const never = () => new Promise(() => {});

const cyclic = {};
cyclic.self = cyclic;

/** @param {number} depth */
function nested(depth) {
  let value = [];
  for (let i = 1; i < depth; i += 1) value = [value];
  return value;
}

function revokedProxy() {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** @param {() => unknown} make */
const gives = (make) => () => ({ execute: () => make() });

/** @param {() => unknown} make */
const throws = (make) => () => ({
  execute() {
    throw make();
  },
});

/**
 * What a tool may do to the runtime it is called by.
 *
 * @typedef {object} ToolSurroundings
 * @property {import("../../dist/index.js").Session} session - The attacked session.
 */

/** @typedef {(around: ToolSurroundings) => import("../../dist/index.js").ToolDefinition} ToolMaker */

/** @satisfies {Readonly<Record<string, ToolMaker>>} */
const makers = {
  echo: () => ({ execute: (input) => input }),
  add: () => ({ execute: ({ a, b }) => a + b }),
  hang: () => ({ execute: never }),
  slow: () => ({ execute: (input) => new Promise((go) => setTimeout(go, 20, input)) }),
  describe_input: () => ({
    /** @param {any} input */
    execute: (input) => ({ isAdmin: input.isAdmin === true }),
  }),
  merge_input: () => ({
    // What careless tools do: the keys of the input become keys of a record of theirs.
    /** @param {any} input */
    execute: (input) => Object.assign({}, input).isAdmin === true,
  }),
  checked: () => ({
    inputSchema: {
      type: "object",
      properties: { path: { type: "string", maxLength: 20 } },
      required: ["path"],
      additionalProperties: false,
    },
    execute: ({ path }) => path,
  }),
  tree: () => ({
    inputSchema: {
      $ref: "#/definitions/node",
      definitions: { node: { type: "array", items: { $ref: "#/definitions/node" } } },
    },
    execute: () => "a tree",
  }),
  freeform: () => ({ kind: "freeform", execute: (input) => input }),
  gives_cyclic: gives(() => cyclic),
  gives_bigint: gives(() => 1n),
  gives_function: gives(() => () => {}),
  gives_revoked: gives(revokedProxy),
  gives_deep: gives(() => nested(100_000)),
  gives_huge: gives(() => "x".repeat(64 * 2 ** 20 + 1)),
  gives_many: gives(() => new Array(1_000_000).fill({ a: 1 })),
  gives_proto: gives(() =>
    JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":1}}'),
  ),
  gives_bad_to_json: gives(() => ({
    toJSON() {
      throw new Error("no JSON");
    },
  })),
  gives_bad_then: gives(() => ({
    // biome-ignore lint/suspicious/noThenProperty: A result that calls itself a promise.
    then(resolve, reject) {
      resolve("first");
      reject(new Error("second"));
      throw new Error("third");
    },
  })),
  throws_null: throws(() => null),
  throws_revoked: throws(revokedProxy),
  throws_symbol: throws(() => Symbol("thrown")),
  throws_getter: throws(() => ({
    get message() {
      throw new Error("no message");
    },
    toString() {
      throw new Error("no text");
    },
  })),
  throws_huge: throws(() => new Error("x".repeat(8 * 2 ** 20))),
  throws_later: () => ({
    execute: () => new Promise((_, reject) => setTimeout(reject, 20, new Error("late"))),
  }),
  terminates_own_cell: (around) => ({
    execute: (_input, { cellId }) => around.session.terminate(cellId).then(({ status }) => status),
  }),
  closes_session: (around) => ({ execute: () => around.session.close() }),
  execs: (around) => ({
    /** @param {any} source */
    async execute(source) {
      const outcome = await around.session.exec(source);
      return outcome.status;
    },
  }),
  waits_for_own_cell: (around) => ({
    execute: (_input, { cellId }) => around.session.wait(cellId).then(({ status }) => status),
  }),
};

/** @typedef {keyof typeof makers | "a_thousand"} ToolName */

/** @returns {[string, import("../../dist/index.js").ToolDefinition][]} */
function aThousand() {
  const execute = () => null;
  return Array.from({ length: 1000 }, (_, n) => {
    const description = `Copies the contents of folder ${n} into another repository, branch ${n % 7}.`;
    return [`copy_folder_${n}`, { description, execute }];
  });
}

/**
 * @param {readonly ToolName[]} names
 * @param {() => import("../../dist/index.js").Session} session - The attacked session, once it is open.
 */
export function makeTools(names, session) {
  const around = {
    get session() {
      return session();
    },
  };
  return Object.fromEntries(
    names.flatMap((name) => (name === "a_thousand" ? aThousand() : [[name, makers[name](around)]])),
  );
}
