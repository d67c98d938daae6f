/** @type {import("../program.mjs").Idiom} */
export const returns = {
  idiom: "return at the top level",
  programs: [
    { name: "a value", source: "return 6 * 7;", gives: ["42"] },
    {
      name: "the result of a tool",
      source: "const sum = await tools.add({ a: 2, b: 3 });\nreturn sum;",
      gives: ["5"],
    },
    {
      name: "an object made of several results",
      source: `
const [one, two] = await Promise.all([tools.add({ a: 1, b: 1 }), tools.add({ a: 2, b: 2 })]);
return { one, two };`,
      gives: ['{"one":2,"two":4}'],
    },
    {
      name: "early, with nothing",
      source: `
const user = await tools.find_user({ name: "nobody" });
if (!user) {
  text("no such user");
  return;
}
text(user.email);`,
      gives: ["no such user"],
    },
    {
      name: "early, with a value, and a value at the end",
      source: `
const user = await tools.find_user({ name: "ada" });
if (user === null) return "no such user";
return user.email;`,
      gives: ["ada@example.com"],
    },
    {
      name: "from a loop",
      source: `
for (const name of ["nobody", "ada", "grace"]) {
  const user = await tools.find_user({ name });
  if (user) return user.name;
}`,
      gives: ["ada"],
    },
    {
      name: "from try, past finally",
      source: 'try {\n  return await tools.add({ a: 1, b: 2 });\n} finally {\n  text("done");\n}',
      gives: ["done", "3"],
    },
    {
      name: "after text",
      source: 'text("a");\nreturn "b";',
      gives: ["a", "b"],
    },
    {
      name: "in TypeScript",
      source: `
interface Sum { total: number }
const sum: Sum = { total: await tools.add({ a: 4, b: 4 }) as number };
return sum.total;`,
      gives: ["8"],
    },
    {
      name: "early, in TypeScript",
      source: `const limit: number = 3;
if (limit < 5) return \`only \${limit as number}\`;
text("more");`,
      gives: ["only 3"],
    },
    {
      name: "a promise",
      source: "return tools.add({ a: 5, b: 5 });",
      gives: ["10"],
    },
    {
      name: "below declarations with the names of globals",
      source: 'const content = "c";\nconst image = 1;\nreturn content + image;',
      gives: ["c1"],
    },
    {
      name: "a Map",
      source: 'return new Map([["a", 1]]);',
      gives: ['[["a",1]]'],
    },
    {
      name: "the place of an error is the program's own",
      source: "const rows = null;\nif (rows) return 1;\nreturn rows.length;",
      says: ["TypeError: Cannot read properties of null (reading 'length')", "exec_main.mjs:3:13"],
    },
    {
      name: "another syntax error below it is told at its place",
      source: "if (true) return 1;\nconst x = ;",
      says: ["SyntaxError: Unexpected token ';'", "exec_main.mjs:2:11"],
    },
    {
      name: "beside an import",
      source: 'import { add } from "tools.js";\nreturn await add({ a: 1, b: 1 });',
      says: ["read as a module", "hand a result out with text(value)"],
    },
    {
      name: "in code fences",
      source: "```js\nreturn 1 + 1;\n```",
      gives: ["2"],
    },
    {
      name: "nothing at all",
      source: "await tools.add({ a: 1, b: 1 });\nreturn;",
      says: ["handed nothing out"],
    },
  ],
};
