// The tools of generated programs: good ones, slow ones, and those that answer what they must not.

const circle = {};
circle.self = circle;

/** What no tool should return or throw. */
const oddValues = [
  undefined,
  null,
  () => 1,
  Symbol("odd"),
  10n,
  circle,
  "\ud800",
  NaN,
  -0,
  { toJSON: () => undefined },
  {
    toJSON() {
      throw new Error("toJSON");
    },
  },
  {
    get a() {
      throw new Error("getter");
    },
  },
  new Proxy(
    {},
    {
      ownKeys() {
        throw new Error("ownKeys");
      },
    },
  ),
  {
    get message() {
      throw new Error("message");
    },
    toString() {
      throw new Error("toString");
    },
  },
  Object.create(null),
  Object.assign(new Error("x"), { name: Symbol("name"), message: { not: "a string" } }),
];

let turn = 0;

function nextOddValue() {
  turn += 1;
  return oddValues[turn % oddValues.length];
}

/**
 * @param {object} hooks
 * @param {(context: import("../../src/index.js").ToolContext) => unknown} hooks.begin - Called as a
 *   call enters its tool.
 * @param {(context: import("../../src/index.js").ToolContext, call: any) => void} hooks.end - Called
 *   with what `begin` returned when the tool is done.
 * @param {(context: import("../../src/index.js").ToolContext) => void} hooks.stop - What the tool
 *   `stop` does.
 */
export function hostileTools({ begin, end, stop }) {
  const bodies = {
    echo: (input) => input,
    slow: () => new Promise((resolve) => setTimeout(resolve, 3, "slow")),
    never: () => new Promise(() => {}),
    fail: (input) => {
      throw new Error(`failed on ${typeof input}`);
    },
    failOddly: () => {
      throw nextOddValue();
    },
    large: (input) => "x".repeat(sizeIn(input)),
    deep: (input) => {
      let nested = [];
      for (let i = Math.min(sizeIn(input), 100_000); i > 0; i--) nested = [nested];
      return nested;
    },
    odd: () => nextOddValue(),
    strict: (input) => input.a,
    stop: (_input, context) => stop(context),
    spaced: async (input) => input,
  };
  const settings = {
    strict: {
      inputSchema: { type: "object", required: ["a"], properties: { a: { type: "number" } } },
    },
    spaced: { namespace: "space" },
  };
  return Object.fromEntries(
    Object.entries(bodies).map(([name, body]) => {
      const execute = async (input, context) => {
        const call = begin(context);
        try {
          return await body(input, context);
        } finally {
          end(context, call);
        }
      };
      return [name, { ...settings[name], execute }];
    }),
  );
}

/** What a program asks for, up to a mebibyte. */
function sizeIn(input) {
  const wanted = input?.n;
  return Number.isSafeInteger(wanted) ? Math.min(Math.max(wanted, 0), 2 ** 20) : 1000;
}
