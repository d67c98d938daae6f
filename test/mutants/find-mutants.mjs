// The mutants of one source file.
import { transformSync } from "@swc/wasm-typescript";
import { parse } from "acorn";
import { changesOfExpression, isRemovable } from "./operators.mjs";

/** @typedef {import("./operators.mjs").Node} Node */

/** @typedef {"condition" | "loop" | "branch" | "plain"} Role - What a node is to the one around it. */

/**
 * @typedef {object} Mutant
 * @property {number} start - Where the changed expression or statement stands in the source.
 * @property {number} end
 * @property {string | undefined} text - What takes its place. Undefined: the statement is left out.
 * @property {number} line - From 1.
 * @property {string} lineText - That line as the source has it, without the blanks around it.
 * @property {string} change - For people: what becomes what.
 */

const shownCharacters = 60;

/**
 * @param {string} typescript
 * @returns {{ code: string, mutants: Mutant[] }} `code` is the source with blanks for its types.
 */
export function findMutants(typescript) {
  const { code } = transformSync(typescript, { mode: "strip-only", module: true });
  const tree = parse(code, { ecmaVersion: "latest", sourceType: "module", allowHashBang: true });
  const finder = new Finder(code, typescript);
  finder.visit(tree);
  return { code, mutants: finder.mutants };
}

class Finder {
  /** @type {Mutant[]} */
  mutants = [];
  #code;
  #lines;
  #isInConstructor = false;

  /**
   * @param {string} code
   * @param {string} typescript - The same with its types.
   */
  constructor(code, typescript) {
    this.#code = code;
    this.#lines = typescript.split("\n");
  }

  /**
   * @param {Node} node
   * @param {Role} [role]
   */
  visit(node, role = "plain") {
    const place = {
      isBranch: role === "branch",
      isCondition: role === "condition" || role === "loop",
      isLoop: role === "loop",
      isInConstructor: this.#isInConstructor,
    };
    for (const { start, end, text } of changesOfExpression(node, place, this.#code)) {
      const before = this.#code.slice(node.start, start);
      this.#add(node, before + text + this.#code.slice(end, node.end));
    }
    if (isRemovable(node, place)) this.#add(node, undefined);
    this.#visitParts(node);
  }

  /** @param {Node} node */
  #visitParts(node) {
    switch (node.type) {
      case "ImportDeclaration":
      case "ImportExpression":
      case "ExportAllDeclaration":
        return;
      case "ChainExpression":
        return this.#visitChain(node.expression);
      case "UnaryExpression":
        // What is deleted must stay a property.
        if (node.operator === "delete") return;
        break;
      case "MethodDefinition":
        return this.#visitMethod(node);
    }
    for (const [key, part] of Object.entries(node)) {
      if (isName(node, key)) continue;
      for (const child of Array.isArray(part) ? part : [part]) {
        if (isNode(child)) this.visit(child, roleOf(node, key));
      }
    }
  }

  /**
   * The links of a chain belong together: only what is in their brackets can change alone.
   * @param {Node} link
   */
  #visitChain(link) {
    if (link.type === "CallExpression") {
      for (const given of link.arguments) this.visit(given);
      this.#visitChain(link.callee);
    } else if (link.type === "MemberExpression") {
      if (link.computed) this.visit(link.property);
      this.#visitChain(link.object);
    } else {
      this.visit(link);
    }
  }

  /** @param {import("acorn").MethodDefinition} node */
  #visitMethod(node) {
    const wasInConstructor = this.#isInConstructor;
    this.#isInConstructor = node.kind === "constructor";
    this.visit(node.value);
    this.#isInConstructor = wasInConstructor;
  }

  /**
   * @param {Node} node
   * @param {string | undefined} text
   */
  #add({ start, end }, text) {
    const original = shown(this.#code.slice(start, end));
    const line = this.#code.slice(0, start).split("\n").length;
    this.mutants.push({
      start,
      end,
      text,
      line,
      lineText: (this.#lines[line - 1] ?? "").trim(),
      change: text === undefined ? `without ${original}` : `${original} → ${shown(text)}`,
    });
  }
}

/**
 * @param {Node} node
 * @param {string} key
 */
function isName(node, key) {
  return (key === "key" || key === "property") && !("computed" in node && node.computed);
}

/**
 * @param {Node} node
 * @param {string} key
 * @returns {Role}
 */
function roleOf(node, key) {
  if (node.type === "IfStatement" && key === "consequent") return "branch";
  if (key !== "test") return "plain";
  if (node.type === "IfStatement" || node.type === "ConditionalExpression") return "condition";
  return /^(While|DoWhile|For)Statement$/.test(node.type) ? "loop" : "plain";
}

/**
 * @param {unknown} value
 * @returns {value is Node}
 */
function isNode(value) {
  return typeof value === "object" && value !== null && "type" in value;
}

/** @param {string} code */
function shown(code) {
  const line = code.replace(/\s+/g, " ");
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters)} …` : line;
}
