import type { LangChainCore } from "../../src/langchain.js";

/** A tool that `tool` has made, as far as LangChain is known by its shape. */
export interface MadeTool {
  readonly fields: Readonly<Record<string, unknown>> & { readonly name: string };
  invoke(input: unknown, config?: object): Promise<unknown>;
}

/** What is shown of a message of LangChain's that answers a call. */
export class ToolMessage {
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(fields: never) {
    this.fields = fields;
  }
}

/**
 * What `langchainTools` takes of LangChain, without its packages, which are too heavy for the tests of each day:
 * test/frameworks/langchain has those.
 */
export const langchainCore: LangChainCore<MadeTool> = {
  tool: (run, fields) => ({ fields, invoke: (input, config = {}) => run(input, config) }),
  ToolMessage,
};
