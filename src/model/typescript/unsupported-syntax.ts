/** TypeScript that is more than types: what the parser's message has in it, and what to tell a model. */
const constructs: readonly (readonly [part: string, explanation: string])[] = [
  [
    "enum",
    'an enum is more than a type and cannot be erased; write an object: const Color = { Red: "red" } as const;',
  ],
  [
    "namespace",
    "a namespace with code is more than a type and cannot be erased; write plain functions and constants, or an object",
  ],
  ["`module` keyword", "a module block cannot be erased; write plain functions and constants"],
  [
    "parameter property",
    "a parameter property (private, public, protected or readonly before a constructor's parameter) is more than a type and cannot be erased; declare a field and assign it in the constructor",
  ],
  ["import equals", '`import x = ...` cannot be erased; write import { x } from "..."'],
  [
    "export assignment",
    "`export = ...` cannot be erased; leave it out, because a cell is never imported",
  ],
  ["angle-bracket", "`<Type>value` cannot be erased; write value as Type"],
  [
    "binary expression grouping",
    "a type assertion here would change the order of the operators when it is erased; put parentheses around it: (value as Type)",
  ],
];

/** Returns which construct cannot be erased, and what to write instead. */
export function explainUnsupported(message: string): string {
  return constructs.find(([part]) => message.includes(part))?.[1] ?? message;
}
