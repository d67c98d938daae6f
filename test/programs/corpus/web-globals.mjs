/** @type {import("../program.mjs").Idiom} */
export const webGlobals = {
  idiom: "globals of the web",
  programs: [
    {
      name: "a URL and its parameters",
      source:
        'const url = new URL("/search?q=a%20b", "https://example.com");\nurl.searchParams.set("page", "2");\ntext(url.href);',
      gives: ["https://example.com/search?q=a+b&page=2"],
    },
    {
      name: "parameters alone",
      source: 'return new URLSearchParams({ q: "ä", n: 1 }).toString();',
      gives: ["q=%C3%A4&n=1"],
    },
    {
      name: "the length of a text in bytes",
      source: 'new TextEncoder().encode("größe").length',
      gives: ["7"],
    },
    {
      name: "bytes as a text",
      source: "new TextDecoder().decode(new Uint8Array([104, 105]))",
      gives: ["hi"],
    },
    {
      name: "base64, both ways",
      source: 'const coded = btoa("hello");\nconsole.log(coded, atob(coded));',
      gives: ["aGVsbG8= hello"],
    },
    {
      name: "structuredClone",
      source:
        'const user = await tools.find_user({ name: "ada" });\nconst copy = structuredClone(user);\ncopy.name = "b";\ntext(user.name, copy.name);',
      gives: ["ada b"],
    },
    {
      name: "queueMicrotask",
      source: 'queueMicrotask(() => text("b"));\ntext("a");\nawait null;',
      gives: ["a", "b"],
    },
    {
      name: "setInterval until it is cleared",
      source:
        "let count = 0;\nawait new Promise((done) => {\n  const id = setInterval(() => {\n    count += 1;\n    if (count === 3) {\n      clearInterval(id);\n      done();\n    }\n  }, 1);\n});\ntext(count);",
      gives: ["3"],
    },
    {
      name: "an interval that is never cleared ends with the program",
      source: 'setInterval(() => {}, 1);\ntext("done");',
      gives: ["done"],
    },
    {
      name: "a timeout by AbortSignal",
      source:
        'const signal = AbortSignal.timeout(1);\nawait new Promise((done) => signal.addEventListener("abort", done));\ntext(signal.reason.name);',
      gives: ["TimeoutError"],
    },
    {
      name: "AbortController",
      source:
        'const controller = new AbortController();\ncontroller.abort(new Error("enough"));\ntry {\n  controller.signal.throwIfAborted();\n} catch (error) {\n  return error.message;\n}',
      gives: ["enough"],
    },
    {
      name: "how long it took",
      source:
        "const start = performance.now();\nawait tools.later({ value: 1 });\ntext(typeof (performance.now() - start));",
      gives: ["number"],
    },
    { name: "a random id", source: "return crypto.randomUUID().length;", gives: ["36"] },
    {
      name: "Object.groupBy",
      source:
        "const issues = await tools.mcp__github__list_issues({});\nconst byState = Object.groupBy(issues, ({ state }) => state);\ntext(Object.keys(byState));",
      gives: ['["open","closed"]'],
    },
    {
      name: "Promise.withResolvers",
      source:
        "const { promise, resolve } = Promise.withResolvers();\nsetTimeout(resolve, 1, 5);\nreturn await promise;",
      gives: ["5"],
    },
    {
      name: "Array.fromAsync",
      source:
        "return await Array.fromAsync(as_settled([1].map((value) => tools.later({ value }))), ({ value }) => value);",
      gives: ["[1]"],
    },
    {
      name: "Sets together",
      source: "return [...new Set([1, 2]).union(new Set([3]))];",
      gives: ["[1,2,3]"],
    },
  ],
};
