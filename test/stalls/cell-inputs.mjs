// What cells do to the host.

/** A cell that calls a tool and shows what comes back. @param {string} tool @param {string} input */
export const call = (tool, input) =>
  `try { text(await tools.${tool}(${input})) } catch (e) { text(String(e.message).slice(0, 300)) }`;

/** @type {readonly import("./inputs.mjs").CellInput[]} */
export const cellInputs = [
  { name: "a tool input of empty arrays", source: call("echo", "Array(49_000).fill([])") },
  {
    name: "a tool input of objects with a key each",
    source: call("echo", "Array.from({ length: 32_000 }, (_, i) => ({ ['k' + i]: 0 }))"),
  },
  {
    name: "a tool input of keys",
    source: call(
      "echo",
      "Object.fromEntries(Array.from({ length: 49_000 }, (_, i) => ['k' + i, 0]))",
    ),
  },
  {
    name: "a tool input past what its values may be",
    source: call("echo", "Array(1_400_000).fill([])"),
  },
  { name: "a tool input of one long text", source: call("echo", "'\\u65e5'.repeat(2_000_000)") },
  { name: "a tool input of escapes", source: call("echo", "'\\n'.repeat(2_000_000)") },
  {
    name: "many tool inputs of many values at once",
    source:
      "await Promise.allSettled(Array.from({ length: 10 }, () => tools.echo(Array(49_000).fill([]))));",
  },
  {
    name: "tool inputs of many values, one after another",
    source: "for (let i = 0; i < 30; i++) await tools.echo(Array(49_000).fill([]));",
  },
  {
    name: "many small tool calls",
    source:
      "await Promise.allSettled(Array.from({ length: 20_000 }, () => tools.echo({ a: [1] })));",
  },
  {
    name: "failing calls with long messages",
    source:
      "await Promise.allSettled(Array.from({ length: 300 }, () => tools.fails('\\n\\u65e5'.repeat(5_000))));",
  },
  { name: "a wrong input that is large", source: call("strict", "{ b: Array(49_000).fill([]) }") },
  { name: "a wrong input of a wide union", source: call("union", "Array(1000).fill({ z: 1 })") },
  { name: "an input with a fault in each value", source: call("texts", "Array(49_000).fill(1)") },
  {
    name: "an input with a fault in each property",
    source: call(
      "broad",
      "Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => ['p' + i, i]))",
    ),
  },
  {
    name: "a server's input with a fault in each value",
    source: call("server_texts", "Array(49_000).fill(1)"),
  },
  { name: "a pattern that backtracks", source: call("backtracks", '{ a: "a".repeat(50) + "b" }') },
  {
    name: "a pattern that backtracks with the square",
    source: call("blanks", '{ a: " ".repeat(200_000) + "b" }'),
  },
  {
    name: "a server's pattern that backtracks",
    source: call("server_backtracks", '{ a: "a".repeat(50) + "b" }'),
  },
  {
    name: "names that a pattern backtracks on",
    source: call("names", '{ ["a".repeat(50) + "b"]: 1 }'),
  },
  {
    name: "an array that must have no two equal members",
    source: call("unique", "Array.from({ length: 30_000 }, (_, i) => ({ i }))"),
  },
  {
    name: "a format and a long text",
    source: call(
      "formats",
      'Object.fromEntries(["email", "uri", "date-time", "ipv6", "uri-template", "hostname", "json-pointer", "regex", "duration"].map((f) => [f, (f === "regex" ? "(" : "a.@-:/%") .repeat(100_000)]))',
    ),
  },
  {
    name: "a schema that takes an input apart in many ways",
    source: call("ways", "'['.repeat(0) || JSON.parse('['.repeat(40) + '1' + ']'.repeat(40))"),
  },
  {
    name: "an enum as long as the input",
    source: call("enumeration", "Array(20_000).fill('none')"),
  },
  {
    name: "stored values of many values",
    source:
      "for (let i = 0; i < 200; i++) try { store('k' + i, Array(49_000).fill([])); } catch (e) { text(e.message); break; }",
    asks: "stored",
  },
  {
    name: "stored values, nested",
    source:
      "const v = Array.from({ length: 90 }, () => JSON.parse('['.repeat(900) + ']'.repeat(900))); for (let i = 0; i < 400; i++) try { store('k' + i, v); } catch (e) { text(e.message); break; }",
    asks: "stored",
  },
  {
    name: "many stored keys",
    source: "for (let i = 0; i < 10_000; i++) store('k' + i, i);",
    asks: "stored",
  },
  {
    name: "one long stored text",
    source: "try { store('a', '\\u65e5'.repeat(7_000_000)); } catch (e) { text(e.message); }",
    asks: "stored",
  },
  { name: "many output items", source: "for (let i = 0; i < 90_000; i++) text('');" },
  { name: "one long text", source: "text('\\u65e5'.repeat(14_000_000));" },
  { name: "a text of line ends", source: "text('\\n'.repeat(20_000_000));" },
  {
    name: "texts of line ends",
    source: "for (let i = 0; i < 20; i++) text('\\n\\u65e5'.repeat(300_000));",
  },
  {
    name: "an image of many bytes",
    source: "image('data:image/png;base64,' + 'A'.repeat(20_000_000));",
  },
  {
    name: "a media type of many parts",
    source: "image('data:image/png' + ';a=b'.repeat(4_000_000) + ',A');",
  },
  { name: "many notifications", source: "for (let i = 0; i < 9_999; i++) notify('x');" },
  {
    name: "long notifications",
    source: "for (let i = 0; i < 20; i++) notify('\\u65e5'.repeat(700_000));",
  },
  { name: "many console lines", source: "for (let i = 0; i < 90_000; i++) console.log('x', i);" },
  { name: "a console line of line ends", source: "console.log('\\n'.repeat(10_000_000));" },
  {
    name: "searches of long queries",
    source:
      "for (let i = 0; i < 20; i++) await search_tools('ab '.repeat(300_000) + 'b'.repeat(200_000));",
  },
  {
    name: "searches of long words",
    source:
      "for (let i = 0; i < 50; i++) await search_tools('b'.repeat(30 + i) + ' create folder copy branch repository', 1000);",
  },
  {
    name: "searches at once",
    source:
      "await Promise.all(Array.from({ length: 500 }, (_, i) => search_tools('copy folder ' + i)));",
  },
  {
    name: "descriptions of tools that are not there",
    source:
      "await Promise.allSettled(Array.from({ length: 300 }, (_, i) => describe_tool('copy'.repeat(1 + i))));",
  },
  { name: "a description of a wide tool", source: "text(await describe_tool('wide'));" },
  {
    name: "an error with a long message",
    source: "throw new Error('\\n\\u65e5'.repeat(5_000_000));",
  },
  {
    name: "an error with many causes",
    source:
      "let e = new Error('x'.repeat(60_000)); for (let i = 0; i < 100; i++) e = new Error('\\n'.repeat(60_000), { cause: e }); throw e;",
  },
  {
    name: "a hundred rejections of large errors",
    source:
      "for (let i = 0; i < 100; i++) Promise.reject(new AggregateError(Array.from({ length: 10 }, () => new Error('\\n'.repeat(60_000), { cause: new Error('x'.repeat(60_000)) }))));",
  },
  { name: "a syntax error at the end of many lines", source: `${"\n".repeat(2_000_000)}(` },
  { name: "a ReferenceError of a long name", source: `${"a".repeat(1_000_000)};` },
];
