/** @type {readonly import("./index.mjs").Unobservable[]} */
export const ofTools = [
  {
    file: "tools/fault-finder.ts",
    line: "return isDone ? toRefusal(validate.errors ?? [], toProblem) : undefined;",
    change: "validate.errors ?? [] → validate.errors",
    why: "A function of Ajv's that gives false has its errors.",
  },
  {
    file: "tools/fault-finder.ts",
    line: "if (this.#validate !== undefined || this.#isSlow) return;",
    change: "this.#validate !== undefined || this.#isSlow → false",
    why: "Compiling again takes time and gives the same.",
  },
  {
    file: "tools/fault-finder.ts",
    line: "if (this.#validate !== undefined || this.#isSlow) return;",
    change: "this.#validate !== undefined || this.#isSlow → this.#validate !== undefined",
    why: "Compiling again takes time and is stopped again.",
  },
  {
    file: "tools/fault-finder.ts",
    line: "if (this.#validate !== undefined || this.#isSlow) return;",
    change: "this.#validate !== undefined || this.#isSlow → this.#isSlow",
    why: "Compiling again takes time and gives the same.",
  },
  {
    file: "tools/fault-finder.ts",
    line: "if (made.isDone) this.#validate = made.result;",
    change: "made.isDone → true",
    why: "What was stopped has made nothing, and compiling again takes time and is stopped again.",
  },
  {
    file: "tools/fault-finder.ts",
    line: "else this.#isSlow = true;",
    change: "without this.#isSlow = true;",
    why: "Compiling again takes time and is stopped again.",
  },
  {
    file: "tools/fault-finder.ts",
    line: "else this.#isSlow = true;",
    change: "true → false",
    why: "Compiling again takes time and is stopped again.",
  },
  {
    file: "tools/fault-finder.ts",
    line: "return { ...toRefusal(errors ?? [], toProblem), more: undefined };",
    change: "errors ?? [] → errors",
    why: "A function of Ajv's that gives false has its errors.",
  },
  {
    file: "tools/google-schema.ts",
    line: 'return "type" in schema && types.has(schema.type);',
    change: '"type" in schema && types.has(schema.type) → types.has(schema.type)',
    why: "A member that is not there is undefined, which is no type.",
  },
  {
    file: "tools/input-check.ts",
    line: 'const standard: unknown = "~standard" in schema ? schema["~standard"] : undefined;',
    change: '"~standard" in schema → true',
    why: "A member that is not there is undefined.",
  },
  {
    file: "tools/json-schema.ts",
    line: "const common: Options = { strict: false, logger: false, inlineRefs: false };",
    change: "false → true",
    nth: 3,
    why: "Schemas are written out where they are referred to: that takes memory and changes no verdict.",
  },
  {
    file: "tools/json-schema.ts",
    line: "const startedAt = isCheap ? 0 : threadCpuMs();",
    change: "isCheap → false",
    why: "When a cheap check began is not asked.",
  },
  {
    file: "tools/json-schema.ts",
    line: "const isValid = isCheap ? validate(input) : runCheck(() => validate(input) as boolean);",
    change: "isCheap → false",
    why: "A cheap check ends within the bound, too.",
  },
  {
    file: "tools/json-schema.ts",
    line: "const isQuick = isCheap || threadCpuMs() - startedAt < maxQuickMs;",
    change: "threadCpuMs() - startedAt < maxQuickMs → threadCpuMs() - startedAt <= maxQuickMs",
    why: "No check takes a time that is exact to the nanosecond.",
  },
  {
    file: "tools/json-schema.ts",
    line: "dialectOf(schema);",
    change: "without dialectOf(schema);",
    why: "Ajv is loaded while the schema is compiled, too; it only takes of its time.",
  },
  {
    file: "tools/json-schema.ts",
    line: "const ajv = new dialect.Ajv({ ...common, ...more, validateSchema: false });",
    change: "false → true",
    why: "The schema has been judged before, and would not be compiled.",
  },
  {
    file: "tools/json-schema.ts",
    line: "if (dialect === undefined) {",
    change: "dialect === undefined → true",
    why: "Making it anew takes time and gives the same.",
  },
  {
    file: "tools/json-schema.ts",
    line: "dialect.metaSchema.validateSchema({});",
    change: "without dialect.metaSchema.validateSchema({});",
    why: "It is compiled when the first schema is judged, too; it only takes of its time.",
  },
  {
    file: "tools/json-schema.ts",
    line: "dialects.set(name, dialect);",
    change: "without dialects.set(name, dialect);",
    why: "Making it anew takes time and gives the same.",
  },
  {
    file: "tools/own-validation.ts",
    line: "const relaxed = schema && withOptionalDefaults(schema);",
    change: "schema && withOptionalDefaults(schema) → withOptionalDefaults(schema)",
    why: "Of undefined it makes undefined.",
  },
  {
    file: "tools/pattern-degree.ts",
    line: "const choices = plain.match(/[^*+?}]\\?|\\([^()]*\\|/g)?.length ?? 0;",
    change:
      "plain.match(/[^*+?}]\\?|\\([^()]*\\|/g)?.length ?? 0 → plain.match(/[^*+?}]\\?|\\([^()]*\\|/g)?.length",
    why: "Undefined is not more than any number either.",
  },
  {
    file: "tools/plain-schema.ts",
    line: 'typeof value === "object" &&',
    change:
      'typeof value === "object" && value !== null && "then" in val … → typeof value === "object" && value !== null',
    why: "A member that is not there is undefined, which is no function.",
  },
  {
    file: "tools/plain-schema.ts",
    line: 'if (!("jsonSchema" in wrapper)) return undefined;',
    change: '!("jsonSchema" in wrapper) → false',
    why: "A member that is not there is undefined, which is no promise.",
  },
  {
    file: "tools/registered-tool.ts",
    line: "const isLost = (context.attempt ?? 1) > 1 && this.#definition.reconcile !== undefined;",
    change: "context.attempt ?? 1 → context.attempt",
    why: "Undefined is not more than any number either.",
  },
  {
    file: "tools/registered-tool.ts",
    line: "const found: unknown = await this.#definition.reconcile?.(input, context);",
    change:
      "this.#definition.reconcile?.(input, context) → this.#definition.reconcile(input, context)",
    why: "It is only asked where it is there.",
  },
  {
    file: "tools/registered-tool.ts",
    line: "const length = JSON.stringify(input)?.length ?? 0;",
    change: "JSON.stringify(input)?.length ?? 0 → JSON.stringify(input)?.length",
    why: "No length is none that a cheap check could have, and what has no JSON is soon checked.",
  },
  {
    file: "tools/tool-set.ts",
    line: 'if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return false;',
    change:
      'typeof entry !== "object" || entry === null || Array.isArray … → typeof entry !== "object" || entry === null',
    why: "A list has no name and no execute.",
  },
  {
    file: "tools/tool-set.ts",
    line: 'if (tool.namespace === "") continue;',
    change: 'tool.namespace === "" → false',
    why: "Without a namespace, own names are names, which no two tools have in common.",
  },
  {
    file: "tools/tools-elsewhere.ts",
    line: 'if (typeof tool !== "object" || tool === null) return false;',
    change: 'typeof tool !== "object" || tool === null → tool === null',
    why: "What is no object has no type.",
  },
];
