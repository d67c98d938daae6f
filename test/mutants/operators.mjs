// What mutants are made of: small changes of an expression or a statement, each of which a test should notice.

/**
 * A node of acorn's tree, with what the operators need to know of its place.
 *
 * @typedef {import("acorn").AnyNode} Node
 *
 * @typedef {object} Place
 * @property {boolean} isCondition - The node decides an `if`, a loop or a conditional expression.
 * @property {boolean} isLoop - It decides a loop: what never becomes false would only hang.
 * @property {boolean} isInConstructor - The statement stands in a constructor.
 * @property {boolean} isBranch - The statement is all that an `if` does: leaving it out says no more than a
 *   condition that is never true.
 */

/**
 * Text that takes the place of part of a node's. A statement is left out with an empty text.
 *
 * @typedef {object} Change
 * @property {number} start
 * @property {number} end
 * @property {string} text
 */

const edges = { "<": "<=", "<=": "<", ">": ">=", ">=": ">" };
const negations = { "===": "!==", "!==": "===", "==": "!=", "!=": "==" };
const arithmetic = { "+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "&": "|", "|": "&" };

/** Methods that another one may take the place of; null leaves the call out and keeps what it is called on. */
const methods = {
  startsWith: "endsWith",
  endsWith: "startsWith",
  every: "some",
  some: "every",
  min: "max",
  max: "min",
  trim: null,
  trimEnd: null,
  trimStart: null,
  filter: null,
  slice: null,
  reverse: null,
  toReversed: null,
  sort: null,
  toSorted: null,
  toLowerCase: null,
  toUpperCase: null,
};

/**
 * The changes of an expression. Each takes the place of the whole expression or of a part of it.
 * @param {Node} node
 * @param {Place} place
 * @param {string} source
 * @returns {Change[]}
 */
export function changesOfExpression(node, place, source) {
  const own = ownChanges(node, source);
  if (!place.isCondition) return own;
  const forced = place.isLoop ? ["false"] : ["true", "false"];
  return [
    ...forced.map((text) => replaced(node, text)),
    ...own.filter((c) => !isNegation(node, c)),
  ];
}

/**
 * Whether the statement may be left out.
 * @param {Node} node
 * @param {Place} place
 */
export function isRemovable(node, place) {
  switch (node.type) {
    case "BreakStatement":
    case "ContinueStatement":
      return !place.isBranch;
    case "ReturnStatement":
      return !place.isBranch && (node.argument === null || node.argument === undefined);
    case "ExpressionStatement":
      return !place.isBranch && isRemovableExpression(node.expression, place);
    default:
      return false;
  }
}

/**
 * @param {Node} expression
 * @param {Place} place
 */
function isRemovableExpression(expression, place) {
  if (expression.type === "Literal") return false;
  if (expression.type === "CallExpression") {
    const { callee } = expression;
    // Without it nothing can be constructed; what the compiler has shown cannot happen needs no test.
    return (
      callee.type !== "Super" && !(callee.type === "Identifier" && callee.name === "assertNever")
    );
  }
  // A field that is never set fails in each test.
  return !(place.isInConstructor && expression.type === "AssignmentExpression");
}

/**
 * @param {Node} node
 * @param {string} source
 * @returns {Change[]}
 */
function ownChanges(node, source) {
  switch (node.type) {
    case "LogicalExpression":
      return [node.left, node.right].map((kept) => replaced(node, textOf(kept, source)));
    case "BinaryExpression":
      return changesOfBinary(node, source);
    case "UnaryExpression":
      return node.operator === "!" ? [replaced(node, textOf(node.argument, source))] : [];
    case "Literal":
      return changesOfLiteral(node);
    case "ArrayExpression":
      return node.elements.length > 0 ? [replaced(node, "[]")] : [];
    case "CallExpression":
      return changesOfCall(node, source);
    case "ChainExpression":
      return changesOfChain(node, source);
    default:
      return [];
  }
}

/**
 * @param {import("acorn").BinaryExpression} node
 * @param {string} source
 */
function changesOfBinary(node, source) {
  if (node.operator === "+" && [node.left, node.right].some(isText)) return [];
  return [edges, negations, arithmetic].flatMap((table) => swapped(node, table, source));
}

/** @param {Node} node */
function isText(node) {
  return (
    node.type === "TemplateLiteral" || (node.type === "Literal" && typeof node.value === "string")
  );
}

/**
 * @param {import("acorn").Literal} node
 * @returns {Change[]}
 */
function changesOfLiteral(node) {
  if (typeof node.value === "boolean") return [replaced(node, String(!node.value))];
  if (node.regex === undefined || node.regex === null) return [];
  const { pattern, flags } = node.regex;
  const changed = [];
  if (pattern.startsWith("^")) changed.push(`/${pattern.slice(1) || "(?:)"}/${flags}`);
  if (/(^|[^\\])\$$/.test(pattern)) changed.push(`/${pattern.slice(0, -1) || "(?:)"}/${flags}`);
  if (flags.includes("i")) changed.push(`/${pattern}/${flags.replace("i", "")}`);
  return changed.map((text) => replaced(node, text));
}

/**
 * @param {import("acorn").CallExpression} node
 * @param {string} source
 * @returns {Change[]}
 */
function changesOfCall(node, source) {
  const { callee } = node;
  if (callee.type !== "MemberExpression" || callee.property.type !== "Identifier") return [];
  if (callee.computed || !Object.hasOwn(methods, callee.property.name)) return [];
  const other = methods[/** @type {keyof typeof methods} */ (callee.property.name)];
  if (other !== null) {
    return [{ start: callee.property.start, end: callee.property.end, text: other }];
  }
  return callee.object.type === "Super" ? [] : [replaced(node, textOf(callee.object, source))];
}

/**
 * Each `?.` becomes a plain access.
 * @param {import("acorn").ChainExpression} node
 * @param {string} source
 */
function changesOfChain(node, source) {
  /** @type {Change[]} */
  const changes = [];
  /** @type {Node} */
  let link = node.expression;
  while (link.type === "MemberExpression" || link.type === "CallExpression") {
    const before = link.type === "CallExpression" ? link.callee : link.object;
    if (link.optional) {
      const start = source.indexOf("?.", before.end);
      const isBracket = link.type === "CallExpression" || link.computed;
      changes.push({ start, end: start + 2, text: isBracket ? "" : "." });
    }
    link = before;
  }
  return changes;
}

/**
 * @param {import("acorn").BinaryExpression} node
 * @param {Readonly<Record<string, string>>} table
 * @param {string} source
 * @returns {Change[]}
 */
function swapped(node, table, source) {
  const text = table[node.operator];
  if (text === undefined) return [];
  const start = source.indexOf(node.operator, node.left.end);
  return [{ start, end: start + node.operator.length, text }];
}

/**
 * What a condition that is always true or always false says already.
 * @param {Node} node
 * @param {Change} change
 */
function isNegation(node, change) {
  if (node.type === "UnaryExpression") return true;
  if (node.type !== "BinaryExpression") return false;
  const { operator } = node;
  return negations[/** @type {keyof typeof negations} */ (operator)] === change.text;
}

/**
 * @param {Node} node
 * @param {string} text
 * @returns {Change}
 */
function replaced(node, text) {
  return { start: node.start, end: node.end, text };
}

/**
 * @param {Node} node
 * @param {string} source
 */
function textOf(node, source) {
  return source.slice(node.start, node.end);
}
