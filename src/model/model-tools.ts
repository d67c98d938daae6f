import {
  checkBoolean,
  checkFunction,
  checkOneOf,
  checkOptionsObject,
} from "../base/option-checks.js";
import type { Session } from "../session/session.js";
import type { JsonSchema } from "../tools/tool-definition.js";
import type { DescribedTools } from "./described-tools.js";
import {
  type DescriptionLength,
  describeExec,
  describeWait,
  execGrammar,
  execSchema,
  waitSchema,
} from "./descriptions.js";
import { readFreeformExec, readFunctionExec } from "./exec-input.js";
import { checkMedia, type Media } from "./media.js";
import { type ModelCallOptions, ModelCalls, type ModelToolResult } from "./model-calls.js";
import type { ModelSession } from "./model-session.js";
import type { CountTokens } from "./token-budget.js";
import { canEraseTypes, requireEraser } from "./typescript/type-eraser.js";

/** Options of `createModelTools`. */
export interface ModelToolsOptions {
  /**
   * How much the description of exec says. `"full"`: all helpers, and declarations of the tools.
   * `"short"`: at most 2048 characters, which is what some clients show of a description; as much of each
   * tool as there is room for, from its declaration down to its name. Programs read the rest with
   * `describe_tool` and `search_tools`. Default: `"full"`; of MCP servers and `claudeAgentServer`, `"short"`.
   */
  readonly description?: DescriptionLength | undefined;
  /**
   * Which of the session's tools the description of exec declares: `"all"`; `"loaded"`, those
   * without `deferLoading`; or `"none"`. Cells can call and list all of them in any case. Default:
   * `"loaded"`.
   */
  readonly describeTools?: DescribedTools | undefined;
  /**
   * The description also says that the tools can be called only from programs, not directly.
   * Default: false.
   */
  readonly codeOnly?: boolean | undefined;
  /**
   * Accepts TypeScript: types are erased, and every position stays. Default: true where that is possible, on Node
   * 22.13 and newer, and on others with the package `@swc/wasm-typescript`.
   */
  readonly typescript?: boolean | undefined;
  /** Counts tokens of output. Default: four UTF-8 bytes are a token. */
  readonly countTokens?: CountTokens | undefined;
  /**
   * Which images and sound answers may have: the types that the model's API takes. Others become a
   * text that says what was left out. `true`: all of them; `false`: none. The types are those that the
   * bytes have. Default: `true`; of an adapter, what its API takes.
   */
  readonly media?: Media | undefined;
  /**
   * What the `signal` of a call ends: `"call"`, exec or wait as long as it runs, and not a cell that it
   * has handed over as yielded; or `"cell"`, the cell too, also after it has yielded. Default: `"call"`.
   */
  readonly abort?: "call" | "cell" | undefined;
  /**
   * Of durable cells: exec and wait answer as soon as a call waits for an approval that no `onApproval` handler gives,
   * instead of after the yield time. Default: false.
   */
  readonly yieldOnApproval?: boolean | undefined;
}

interface CallableTool {
  readonly name: "exec" | "wait";
  /** The same text as long as the session has the same tools. */
  readonly description: string;
  /**
   * Answers a call. Mistakes of the model are part of the answer, with a text for the model.
   *
   * @param input - What the model sent, unchecked.
   * @throws {CodeModeError} ERR_SESSION_CLOSED; ERR_INVALID_OPTION for a wrong call option;
   *   ERR_THREAD_START.
   */
  execute(input: unknown, options?: ModelCallOptions): Promise<ModelToolResult>;
}

/** A tool that takes JSON arguments: `execute` gets them as an object or as their JSON text. */
export interface FunctionModelTool extends CallableTool {
  readonly kind: "function";
  readonly inputSchema: JsonSchema;
}

/** A tool that takes a text: `execute` gets it as it is. */
export interface FreeformModelTool extends CallableTool {
  readonly kind: "freeform";
  /** A Lark grammar of the text, for an API that takes one. */
  readonly grammar: string;
}

/** The tools with which a model runs cells in a session. */
export interface ModelTools {
  readonly exec: FunctionModelTool;
  /** Use it instead of `exec`, under the same name, if the API has tools that take a text. */
  readonly freeformExec: FreeformModelTool;
  readonly wait: FunctionModelTool;
}

/**
 * Makes the two tools through which a model uses a session: exec, which runs a program, and wait,
 * which gives more of a program that still runs, or terminates it.
 *
 * ```js
 * const { exec, wait } = createModelTools(session);
 * // Send name, description and inputSchema of both; then, for a call:
 * const { content } = await exec.execute(call.arguments, { signal });
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION; ERR_PACKAGE_MISSING if `typescript` is true and types cannot be
 *   erased.
 */
export function createModelTools(session: Session, options: ModelToolsOptions = {}): ModelTools {
  return modelToolsOf(session, options);
}

/**
 * As `createModelTools`, of anything that is like a session.
 *
 * @throws {CodeModeError} As that.
 */
export function modelToolsOf(session: ModelSession, options: ModelToolsOptions = {}): ModelTools {
  checkModelToolsOptions(options);
  const {
    description = "full",
    describeTools: described = "loaded",
    codeOnly = false,
    typescript = canEraseTypes(),
    countTokens,
    media = true,
    abort = "call",
    yieldOnApproval = false,
  } = options;
  const { settings } = session;
  const describe = (kind: "freeform" | "function"): string =>
    describeExec(kind, description, {
      settings: session.settings,
      described,
      codeOnly,
      typescript,
    });
  const calls = new ModelCalls(session, {
    typescript,
    countTokens,
    media,
    abort,
    yieldOnApproval,
  });
  return {
    exec: {
      kind: "function",
      name: "exec",
      get description(): string {
        return describe("function");
      },
      inputSchema: execSchema(settings),
      execute: (input, call) => calls.exec(() => readFunctionExec(input), call),
    },
    freeformExec: {
      kind: "freeform",
      name: "exec",
      get description(): string {
        return describe("freeform");
      },
      grammar: execGrammar,
      execute: (input, call) => calls.exec(() => readFreeformExec(input), call),
    },
    wait: {
      kind: "function",
      name: "wait",
      description: describeWait(settings),
      inputSchema: waitSchema(settings),
      execute: (input, call) => calls.wait(input, call),
    },
  };
}

function checkModelToolsOptions(options: ModelToolsOptions): void {
  checkOptionsObject("the options of createModelTools", options, [
    "description",
    "describeTools",
    "codeOnly",
    "typescript",
    "countTokens",
    "media",
    "abort",
    "yieldOnApproval",
  ]);
  checkOneOf("description", options.description, ["short", "full"]);
  checkOneOf("describeTools", options.describeTools, ["all", "loaded", "none"]);
  checkBoolean("codeOnly", options.codeOnly);
  checkBoolean("typescript", options.typescript);
  if (options.typescript === true) requireEraser();
  checkFunction("countTokens", options.countTokens);
  checkMedia(options.media);
  checkOneOf("abort", options.abort, ["call", "cell"]);
  checkBoolean("yieldOnApproval", options.yieldOnApproval);
}
