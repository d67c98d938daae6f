import type { StandardSchemaV1 } from "@standard-schema/spec";

/** A result of the protocol, as it came. */
export type McpResult = Record<string, unknown>;

/** A schema that takes any result: what is passed on is checked by those who asked for it. */
export const asItCame: StandardSchemaV1<unknown, McpResult> = {
  "~standard": {
    version: 1,
    vendor: "codecell",
    validate: (value) => ({ value: value as McpResult }),
  },
};

/** The longest delay a Node timer can hold: a person's answer takes as long as it takes. */
export const noTimeoutMs: number = 2 ** 31 - 1;
