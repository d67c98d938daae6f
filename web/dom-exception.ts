import { defineConstants, defineInterface } from "./interface.js";

/** The names that have a code, at the place of their code less one. */
const codedNames = [
  "IndexSizeError",
  "DOMStringSizeError",
  "HierarchyRequestError",
  "WrongDocumentError",
  "InvalidCharacterError",
  "NoDataAllowedError",
  "NoModificationAllowedError",
  "NotFoundError",
  "NotSupportedError",
  "InUseAttributeError",
  "InvalidStateError",
  "SyntaxError",
  "InvalidModificationError",
  "NamespaceError",
  "InvalidAccessError",
  "ValidationError",
  "TypeMismatchError",
  "SecurityError",
  "NetworkError",
  "AbortError",
  "URLMismatchError",
  "QuotaExceededError",
  "TimeoutError",
  "InvalidNodeTypeError",
  "DataCloneError",
] as const;

/** Names whose constants are not made of them. */
const constantNames: Readonly<Record<string, string>> = {
  DOMStringSizeError: "DOMSTRING_SIZE_ERR",
  URLMismatchError: "URL_MISMATCH_ERR",
};

/** These names lost their meaning, and an exception of such a name has no code. */
const withoutCode = new Set(["DOMStringSizeError", "NoDataAllowedError", "ValidationError"]);

let hasBrand: (value: object) => boolean;

export class DOMException extends Error {
  readonly #message: string;
  readonly #name: string;

  static {
    hasBrand = (value) => #name in value;
  }

  constructor(message: unknown = "", options: unknown = "Error") {
    super();
    const isObject = typeof options === "object" && options !== null;
    const { name = "Error" } = isObject
      ? (options as { readonly name?: unknown })
      : { name: options };
    this.#message = String(message);
    this.#name = String(name);
    Object.defineProperty(this, "stack", {
      value: withHeader(
        this.stack,
        this.#message === "" ? this.#name : `${this.#name}: ${this.#message}`,
      ),
      writable: true,
      configurable: true,
    });
    if (isObject && "cause" in options) {
      Object.defineProperty(this, "cause", {
        value: options.cause,
        writable: true,
        configurable: true,
      });
    }
  }

  // Error's are properties of each instance; these are the web's, on the prototype.
  override get name(): string {
    return this.#name;
  }

  override get message(): string {
    return this.#message;
  }

  get code(): number {
    const name = this.#name;
    return withoutCode.has(name) ? 0 : codedNames.indexOf(name as (typeof codedNames)[number]) + 1;
  }
}

export function isDOMException(value: object): value is DOMException {
  return hasBrand(value);
}

defineInterface(DOMException);
defineConstants(
  DOMException,
  Object.fromEntries(codedNames.map((name, index) => [constantOf(name), index + 1])),
);

/** A stack whose first line is this one: engines differ in where they read name and message. */
function withHeader(stack: string | undefined, header: string): unknown {
  if (typeof stack !== "string") return stack;
  const frames = stack.indexOf("\n    at ");
  return frames === -1 ? header : header + stack.slice(frames);
}

function constantOf(name: string): string {
  return (
    constantNames[name] ??
    `${name
      .replace(/Error$/, "")
      .replace(/(?!^)[A-Z]/g, "_$&")
      .toUpperCase()}_ERR`
  );
}
