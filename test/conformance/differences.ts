import {
  ended,
  failing,
  mappingTexts,
  replacingTexts,
  showing,
  stepping,
  type ToExpected,
  texts,
  withTypeErrors,
} from "./expected-record.js";
import { toText } from "./step-record.js";
import { knowsUsing, withOwnGlobals, withOwnTypes } from "./this-engine.js";

/** Where we deliberately differ from the record of a case. */
export interface Difference {
  /** Why, in one sentence. */
  readonly reason: string;
  /** What we show instead. */
  readonly expected: ToExpected;
  /** It is the engine that differs, so that another Node may do as recorded. */
  readonly isOfEngine?: true;
}

const helpersThrowErrors = "What a helper throws is a real error, not a bare string.";
const toolsThrowErrors = "A tool's failure is an Error named ToolError, not a bare string.";
const importsThrowErrors = "A refused import is a real error that names the specifier.";
const modulesAreKept = "The modules of the system this project continues are kept.";
const showsPlace = "A syntax error shows its line and points at the column.";
const showsValue = "Whatever is thrown, the error's text shows something.";
const showsInnerErrors = "Causes and inner errors are printed below the error.";
const ownOutputLimit =
  "The limit is the cell's own, told as an error after the output that was within it.";
const nestsDeeper = "JSON may be nested 1 000 deep, not only 127, and a limit of ours says so.";
const referenceWentAway = "The reference's process went away or fell silent; ours answers.";
const failsAlone = "A cell past its heap limit fails alone; the reference's process died.";
const otherEngine = "What the language offers is the engine's, and this Node has its own.";

const outputLimit =
  "RangeError: the cell has handed out more than the 64 MiB of output it may " +
  "(limits.outputBytes); hand out less, or only the parts needed";

const heapLimit = (allowed: string): string =>
  `RangeError: the cell needs more than the ${allowed} of memory it may use ` +
  "(limits.heapBytes); keep less data at a time";

const usableAfterwards = ended("exec", texts("session usable"));

/** By the name of the case. */
export const differences: ReadonlyMap<string, Difference> = new Map(
  Object.entries<Difference>({
    "throw-symbol": { reason: showsValue, expected: failing("Symbol(s)") },
    "throw-error-cause": {
      reason: showsInnerErrors,
      expected: failing(
        "Error: outer\n    at exec_main.mjs:1:7" +
          "\n  [cause]: Error: inner\n      at exec_main.mjs:1:34",
      ),
    },
    "throw-aggregate": {
      reason: showsInnerErrors,
      expected: failing(
        "AggregateError: many\n    at exec_main.mjs:1:7" +
          "\n  [errors.0]: Error: a\n      at exec_main.mjs:1:27" +
          "\n  [errors.1]: Error: b\n      at exec_main.mjs:1:43",
      ),
    },
    "throw-timer-odd-object": { reason: showsValue, expected: failing("{}") },
    "throw-odd-object-wedges-neighbour": {
      reason: referenceWentAway,
      expected: (recorded) => ({
        ...recorded,
        steps: [
          ...recorded.steps,
          { ...ended("wait", texts("neighbour done")), cell: "live" },
          ended("join", [], "{}"),
        ],
      }),
    },
    "helper-call-with-getter-args": {
      reason: "What a getter throws inside a helper reaches the cell as it is.",
      expected: showing("threw object: Error: getter"),
    },
    "syntax-error-unclosed": {
      reason: showsPlace,
      expected: failing(
        "SyntaxError: missing ) after argument list\n    at exec_main.mjs:1:6" +
          '\n\n  text("a"\n       ^',
      ),
    },
    "top-level-return": {
      reason: showsPlace,
      expected: failing(
        "SyntaxError: Illegal return statement\n    at exec_main.mjs:1:10" +
          "\n\n  text(1); return; text(2);\n           ^",
      ),
    },
    "html-comment": {
      reason: showsPlace,
      expected: failing(
        "SyntaxError: HTML comments are not allowed in modules\n    at exec_main.mjs:1:4" +
          "\n\n  <!-- x\n     ^",
      ),
    },
    "import-unknown": {
      reason: `${importsThrowErrors} It shows its line.`,
      expected: failing(
        "Error: Unsupported import in exec: fs\n    at exec_main.mjs:1:15" +
          '\n\n  import x from "fs";\n                ^',
      ),
    },
    "import-tools-js": {
      reason: modulesAreKept,
      expected: () => ({
        steps: [ended("exec", texts('{"a":1}'))],
        calls: [{ name: "echo", kind: "function", input: { a: 1 } }],
        notifications: [],
      }),
    },
    "import-code-mode": { reason: modulesAreKept, expected: showing("hi") },
    "dynamic-import-data-url": {
      reason: importsThrowErrors,
      expected: showing(
        "threw object: Error: Unsupported import in exec: data:text/javascript,export default 1",
      ),
    },
    "globals-list": {
      reason: `${otherEngine} Two helpers that find tools come after the reference's.`,
      expected: mappingTexts((text) =>
        JSON.stringify([...withOwnGlobals(JSON.parse(text)), "search_tools", "describe_tool"]),
      ),
    },
    "typeof-web-globals": {
      reason: otherEngine,
      expected: mappingTexts((text) => JSON.stringify(withOwnTypes(JSON.parse(text)))),
      isOfEngine: true,
    },
    "using-declaration": {
      reason: otherEngine,
      expected: knowsUsing()
        ? (recorded) => recorded
        : stepping(
            ended(
              "exec",
              [],
              "SyntaxError: Unexpected identifier 'r'\n    at exec_main.mjs:1:9" +
                '\n\n  { using r = { [Symbol.dispose]() { text("disposed"); } }; text("in"); }' +
                "\n          ^",
            ),
          ),
      isOfEngine: true,
    },
    "text-objects": {
      reason: "A Map and a Set show their entries and an error its stack, not {}.",
      expected: replacingTexts({
        4: "[[1,2]]",
        5: "[1]",
        6: "Error: e\n    at exec_main.mjs:1:169",
      }),
    },
    "text-promise": {
      reason: "A promise that was not awaited is told, and not shown as {}.",
      expected: showing("[a promise that was not awaited]"),
    },
    "image-errors": { reason: helpersThrowErrors, expected: withTypeErrors },
    "image-uncaught": {
      reason: helpersThrowErrors,
      expected: failing(
        "TypeError: Tool call failed: remote image URLs are not supported in tool outputs. " +
          "Pass a base64 data URI instead\n    at exec_main.mjs:1:12",
      ),
    },
    "audio-errors": { reason: helpersThrowErrors, expected: withTypeErrors },
    "generated-image": { reason: helpersThrowErrors, expected: withTypeErrors },
    "store-non-serialisable": {
      reason: "What a helper throws is a real error that names the key or is the engine's own.",
      expected: showing(
        'threw object: TypeError: Unable to store "f". Only plain serializable objects can be stored.',
        'threw object: TypeError: Unable to store "u". Only plain serializable objects can be stored.',
        'threw object: TypeError: Unable to store "s". Only plain serializable objects can be stored.',
        "threw object: TypeError: Do not know how to serialize a BigInt",
        "threw object: TypeError: Converting circular structure to JSON" +
          "\n    --> starting at object with constructor 'Object'" +
          "\n    --- property 'a' closes the circle",
        'threw object: TypeError: Unable to store "none". Only plain serializable objects can be stored.',
      ),
    },
    "store-uncaught": {
      reason: "The error is a real one, and names the key.",
      expected: failing(
        'TypeError: Unable to store "f". Only plain serializable objects can be stored.' +
          "\n    at exec_main.mjs:1:12",
      ),
    },
    "store-key-symbol": { reason: helpersThrowErrors, expected: withTypeErrors },
    "tool-error": {
      reason: toolsThrowErrors,
      expected: failing("ToolError: tool exploded\n    at exec_main.mjs:1:13"),
    },
    "tool-error-caught": {
      reason: toolsThrowErrors,
      expected: showing('["object",true,"ToolError: tool exploded"]'),
    },
    "tool-inputs-function": {
      reason: "What JSON cannot carry is refused with a real error that names the tool.",
      expected: replacingTexts({
        8:
          "fn threw TypeError: failed to serialize JavaScript value: " +
          "the input of tools.echo must be something JSON can carry, not function",
        9:
          "sym threw TypeError: failed to serialize JavaScript value: " +
          "the input of tools.echo must be something JSON can carry, not symbol",
        10: "big threw TypeError: Do not know how to serialize a BigInt",
        11:
          "circ threw TypeError: Converting circular structure to JSON" +
          "\n    --> starting at object with constructor 'Object'" +
          "\n    --- property 'a' closes the circle",
      }),
    },
    "tool-names-duplicate": {
      reason: "Two tools that would get one name are refused when they are registered.",
      expected: () => ({
        steps: [{ op: "exec", refused: "ERR_TOOL_NAME_CONFLICT" }],
        calls: [],
        notifications: [],
      }),
    },
    "tool-name-proto": {
      reason: "The table has no prototype, so every name is a tool like any other.",
      expected: showing('["__proto__","constructor"]', "function", "function"),
    },
    "tool-lone-surrogate-input": {
      reason: "JSON carries a lone surrogate as an escape.",
      expected: () => ({
        steps: [ended("exec", texts("1,d800"))],
        calls: [{ name: "echo", kind: "function", input: { s: "\ud800" } }],
        notifications: [],
      }),
    },
    "tool-reserved-key": {
      reason: "No key of an input is reserved.",
      expected: () => ({
        steps: [ended("exec", texts("[object Object]"))],
        calls: [
          { name: "echo", kind: "function", input: { "$serde_json::private::RawValue": "1" } },
        ],
        notifications: [],
      }),
    },
    "tool-parallel-1000": {
      reason: referenceWentAway,
      expected: () => ({
        steps: [ended("exec", { count: 1 })],
        calls: { count: 1000 },
        notifications: [],
      }),
    },
    "notify-1000": {
      reason: referenceWentAway,
      expected: () => ({
        steps: [ended("exec", { count: 1 })],
        calls: [],
        notifications: { count: 1000 },
      }),
    },
    "timer-errors": { reason: helpersThrowErrors, expected: withTypeErrors },
    "cancel-execute": {
      reason:
        "Aborting an exec's signal ends its cell, where the reference ignores a cancellation.",
      expected: stepping({ ...ended("join", texts("a")), outcome: "terminated" }),
    },
    "shutdown-with-running-cell": {
      reason: "A closed session refuses cells with a code of ours.",
      expected: ({ steps, ...recorded }) => ({
        ...recorded,
        steps: [...steps.slice(0, 2), { op: "exec", refused: "ERR_SESSION_CLOSED" }],
      }),
    },
    "deep-json-stringify": {
      reason: "What JSON throws inside a helper is the engine's own error.",
      expected: showing("threw object: RangeError: Maximum call stack size exceeded"),
    },
    "deep-json-to-tool": {
      reason: nestsDeeper,
      expected: showing(
        "threw object: RangeError: the input of tools.echo is nested more than 1000 deep " +
          "(limits.jsonDepth); make it flatter",
      ),
    },
    "deep-json-store": { reason: nestsDeeper, expected: showing("undefined") },
    "long-text-70MiB": { reason: ownOutputLimit, expected: failing(outputLimit) },
    "long-text-70x1MiB": {
      reason: ownOutputLimit,
      expected: stepping(
        ended(
          "exec",
          Array.from({ length: 64 }, () => ({
            type: "input_text",
            text: toText("x".repeat(2 ** 20)),
          })),
          outputLimit,
        ),
      ),
    },
    "heap-exhaustion-default": {
      reason: failsAlone,
      expected: stepping(ended("exec", texts("start"), heapLimit("256 MiB"))),
    },
    "heap-exhaustion-limit-16MiB": {
      reason: failsAlone,
      expected: stepping(ended("exec", texts("start"), heapLimit("16 MiB")), usableAfterwards),
    },
    "heap-single-huge-allocation-limit-64MiB": {
      reason: "An array of 2 GiB is past a limit of 64 MiB, which the reference let through.",
      expected: stepping(ended("exec", texts("start"), heapLimit("64 MiB")), usableAfterwards),
    },
  }),
);
