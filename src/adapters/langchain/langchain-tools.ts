import { followSignal } from "../../base/followed-signal.js";
import { joinedText } from "../../model/joined-text.js";
import { commonImageTypes, type MediaTypes, withMedia } from "../../model/media.js";
import type { ModelToolResult } from "../../model/model-calls.js";
import { createModelTools, type FunctionModelTool } from "../../model/model-tools.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import { type CallHandlers, type FrameworkToolsOptions, splitHandlers } from "../call-handlers.js";
import { onInterrupt } from "./interrupts.js";

/** What `langchainTools` needs of the package `@langchain/core`, of whatever version is in use. */
export interface LangChainCore<Tool> {
  /** Of `@langchain/core/tools`. */
  tool(
    // biome-ignore lint/suspicious/noExplicitAny: its types differ between the versions.
    run: (input: any, config: any) => Promise<any>,
    fields: {
      name: string;
      description: string;
      // biome-ignore lint/suspicious/noExplicitAny: as above.
      schema: any;
      verboseParsingErrors: boolean;
    },
  ): Tool;
  /** Of `@langchain/core/messages`. */
  readonly ToolMessage: new (
    fields: never,
  ) => unknown;
}

/** The part of a run's config that is read. */
interface RunConfig {
  readonly signal?: AbortSignal | undefined;
  readonly toolCall?: { readonly id?: string | undefined } | undefined;
}

const langchainMedia: MediaTypes = { images: commonImageTypes, remoteImages: true };

/**
 * Makes exec and wait as tools of LangChain, for `bindTools`, `createAgent` and LangGraph's `ToolNode`. Tools of
 * the cell get the run's config as `context`. What has failed is a `ToolMessage` with the status
 * `error`. A call ends when the run's signal is aborted.
 *
 * ```js
 * import { ToolMessage } from "@langchain/core/messages";
 * import { tool } from "@langchain/core/tools";
 *
 * const agent = createAgent({ model, tools: langchainTools(session, { tool, ToolMessage }) });
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function langchainTools<Tool>(
  session: Session,
  core: LangChainCore<Tool>,
  options: FrameworkToolsOptions = {},
): Tool[] {
  const { handlers, others } = splitHandlers(options);
  const { exec, wait } = createModelTools(session, withMedia(others, langchainMedia));
  return [toTool(exec, core, handlers), toTool(wait, core, {})];
}

function toTool<Tool>(
  modelTool: FunctionModelTool,
  { tool, ToolMessage }: LangChainCore<Tool>,
  handlers: CallHandlers,
): Tool {
  const { name, description, inputSchema } = modelTool;
  const run = async (input: unknown, config: RunConfig): Promise<unknown> => {
    const { content, isError } = await execute(modelTool, input, config, handlers);
    const shown = joinedText(content) ?? content.flatMap(toBlocks);
    if (!isError) return shown;
    const tool_call_id = config.toolCall?.id ?? "";
    return new ToolMessage({ content: shown, status: "error", tool_call_id, name } as never);
  };
  // It would else say only that something is wrong with the input.
  return tool(run, { name, description, schema: { ...inputSchema }, verboseParsingErrors: true });
}

/** Runs a call, until a tool of the cell interrupts the run: then the call throws what that has thrown. */
async function execute(
  tool: FunctionModelTool,
  input: unknown,
  config: RunConfig,
  handlers: CallHandlers,
): Promise<ModelToolResult> {
  const stop = new AbortController();
  const followed = config.signal && followSignal(config.signal, stop);
  let interrupt: { readonly thrown: unknown } | undefined;
  const interrupts = onInterrupt(config, (thrown) => {
    interrupt ??= { thrown };
    stop.abort();
  });
  try {
    const call = { ...handlers, context: config, signal: stop.signal };
    const result = await tool.execute(input, call);
    if (interrupt !== undefined) throw interrupt.thrown;
    return result;
  } finally {
    followed?.leave();
    interrupts[Symbol.dispose]();
  }
}

function toBlocks(item: OutputItem): readonly object[] {
  switch (item.type) {
    case "text":
      return [{ type: "text", text: item.text }];
    case "image": {
      const detail = item.detail === "original" ? "high" : item.detail;
      return [{ type: "image_url", image_url: { url: item.imageUrl, detail } }];
    }
    case "audio":
      return [];
  }
}
