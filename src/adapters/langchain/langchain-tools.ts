import { followSignal } from "../../base/followed-signal.js";
import { checkBoolean, invalidOption } from "../../base/option-checks.js";
import { joinedText } from "../../model/joined-text.js";
import { commonImageTypes, type MediaTypes, withMedia } from "../../model/media.js";
import type { ModelToolResult } from "../../model/model-calls.js";
import { createModelTools, type FunctionModelTool } from "../../model/model-tools.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import { type CallHandlers, type FrameworkToolsOptions, splitHandlers } from "../call-handlers.js";
import { GraphApproval, type InterruptFunction } from "./graph-approval.js";
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
  /** Of `@langchain/langgraph`. Only for `sdkApproval`. */
  readonly interrupt?: InterruptFunction | undefined;
}

/** Options of `langchainTools`. */
export interface LangChainToolsOptions extends FrameworkToolsOptions {
  /**
   * Lets LangGraph interrupt its graph while a cell waits for approval: wait calls `interrupt({ approvals })`, and the graph
   * is resumed with a decision for each question by its id. Another process may resume it. Needs `durability`, a
   * graph with a checkpointer, and `interrupt` of LangGraph beside `tool`. Default: false.
   */
  readonly sdkApproval?: boolean | undefined;
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
 * @throws {CodeModeError} ERR_INVALID_OPTION, also for `sdkApproval` without a store or without `interrupt`.
 */
export function langchainTools<Tool>(
  session: Session,
  core: LangChainCore<Tool>,
  options: LangChainToolsOptions = {},
): Tool[] {
  const { handlers, others } = splitHandlers(options);
  const { sdkApproval, ...given } = others;
  const approval = toGraphApproval(session, core, sdkApproval);
  const modelOptions = approval === undefined ? given : { yieldOnApproval: true, ...given };
  const { exec, wait } = createModelTools(session, withMedia(modelOptions, langchainMedia));
  return [toTool(exec, core, handlers), toTool(wait, core, {}, approval)];
}

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
function toGraphApproval(
  { approvals }: Session,
  { interrupt }: Pick<LangChainCore<unknown>, "interrupt">,
  wanted: boolean | undefined,
): GraphApproval | undefined {
  checkBoolean("sdkApproval", wanted);
  if (wanted !== true) return undefined;
  if (approvals === undefined) {
    throw invalidOption("sdkApproval", "undefined where no store keeps the cells", wanted);
  }
  if (typeof interrupt !== "function") {
    throw invalidOption("interrupt", "that of @langchain/langgraph, for sdkApproval", interrupt);
  }
  return new GraphApproval(approvals, interrupt);
}

const aboutApproval =
  "If the program waits for approval of a tool, call wait, and nothing else with it: a person is asked then.";

function toTool<Tool>(
  modelTool: FunctionModelTool,
  { tool, ToolMessage }: LangChainCore<Tool>,
  handlers: CallHandlers,
  approval?: GraphApproval,
): Tool {
  const { name, inputSchema } = modelTool;
  const description =
    approval === undefined ? modelTool.description : `${modelTool.description} ${aboutApproval}`;
  const run = async (input: unknown, config: RunConfig): Promise<unknown> => {
    await approval?.settle(input);
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
