import { type JSONSchema7, jsonSchema, type Tool } from "ai";
import { checkBoolean, invalidOption } from "../../base/option-checks.js";
import { withMedia } from "../../model/media.js";
import { createModelTools, type FunctionModelTool } from "../../model/model-tools.js";
import type { Session } from "../../session/session.js";
import { type CallHandlers, type FrameworkToolsOptions, splitHandlers } from "../call-handlers.js";
import { type AiToolOutput, aiMedia, toModelOutput, version } from "./ai-output.js";
import { type AskedCall, SdkApproval } from "./sdk-approval.js";

/** Options of `aiTools`. */
export interface AiToolsOptions extends FrameworkToolsOptions {
  /**
   * Lets the AI SDK ask people, with the requests for approval that it makes for tools: a call of wait for a cell that
   * waits for approval becomes such a request, whose `input.approval` says what is asked. Needs `durability`, and
   * version 6 or 7 of the AI SDK. Default: false.
   */
  readonly sdkApproval?: boolean | undefined;
}

/** Tools of the AI SDK with which a model runs cells in a session. */
// A type and no interface, which would not pass as the record that a tool set is.
export type AiTools = {
  readonly exec: Tool<unknown, AiToolOutput>;
  readonly wait: Tool<unknown, AiToolOutput>;
};

/**
 * Makes exec and wait as tools of the AI SDK, for `generateText`, `streamText` and agents. The call's
 * `abortSignal` ends the call; the option `abort` says what becomes of a cell that has yielded. Tools that
 * the cell calls get the call's `experimental_context` (version 7: `context`) as `context`.
 *
 * ```js
 * await generateText({ model, tools: aiTools(session), stopWhen: isStepCount(20), prompt });
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION, also for `sdkApproval` without a store.
 */
export function aiTools(session: Session, options: AiToolsOptions = {}): AiTools {
  const { handlers, others } = splitHandlers(options);
  const { sdkApproval, ...given } = others;
  const asking = toSdkApproval(session, sdkApproval);
  const modelOptions = asking === undefined ? given : { yieldOnApproval: true, ...given };
  const { exec, wait } = createModelTools(session, withMedia(modelOptions, aiMedia));
  const { description, inputSchema } = wait;
  return {
    exec: toAiTool(exec, { handlers, asking }),
    wait: {
      ...toAiTool(wait, { handlers: {}, asking }),
      ...(asking && {
        description: `${description} ${aboutApproval}`,
        inputSchema: asking.schemaOf(inputSchema),
        needsApproval: (input: unknown, call: AiCallOptions) => asking.isNeeded(input, call),
      }),
    } as Tool<unknown, AiToolOutput>,
  };
}

const aboutApproval =
  "If the program waits for approval of a tool, call wait: a person is asked then. `approval` is added to your input; never write it yourself.";

/** @throws {CodeModeError} ERR_INVALID_OPTION. */
function toSdkApproval(session: Session, wanted: boolean | undefined): SdkApproval | undefined {
  checkBoolean("sdkApproval", wanted);
  if (wanted !== true) return undefined;
  if (version === 5) {
    throw invalidOption("sdkApproval", "undefined: the AI SDK asks since version 6", wanted);
  }
  if (session.approvals === undefined) {
    throw invalidOption("sdkApproval", "undefined where no store keeps the cells", wanted);
  }
  return new SdkApproval(session.approvals);
}

function toAiTool(
  { description, inputSchema, execute }: FunctionModelTool,
  {
    handlers,
    asking,
  }: { readonly handlers: CallHandlers; readonly asking: SdkApproval | undefined },
): Tool<unknown, AiToolOutput> {
  const tool = {
    description,
    // Without a validator: what is wrong with the input is answered in our words, with a right call.
    inputSchema: jsonSchema<unknown>(inputSchema as JSONSchema7),
    execute: async (input: unknown, options: AiCallOptions): Promise<AiToolOutput> => {
      const context = options.experimental_context ?? options.context;
      const call = { ...handlers, signal: options.abortSignal, context };
      const written = asking === undefined ? input : await asking.settle(input, options);
      const { content, isError } = await execute(written, call);
      return { content, isError };
    },
    toModelOutput,
  };
  // What `toModelOutput` is given, and gives, depends on the version.
  return tool as unknown as Tool<unknown, AiToolOutput>;
}

/** What the AI SDK gives a tool beside its input. */
interface AiCallOptions extends AskedCall {
  readonly abortSignal?: AbortSignal | undefined;
  /** Until version 6: `experimental_context` of `generateText`. */
  readonly experimental_context?: unknown;
  /** Since version 7: `toolsContext` of `generateText`, of this tool. */
  readonly context?: unknown;
}
