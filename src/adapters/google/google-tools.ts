import { readDataUrl } from "../../base/data-url.js";
import { joinedText } from "../../model/joined-text.js";
import { type MediaTypes, withMedia } from "../../model/media.js";
import type { ModelCallOptions } from "../../model/model-calls.js";
import { createModelTools, type FunctionModelTool } from "../../model/model-tools.js";
import type { OutputItem } from "../../protocol/outcome.js";
import type { Session } from "../../session/session.js";
import { type FrameworkToolsOptions, splitHandlers } from "../call-handlers.js";
import type { GoogleCallableTool, GoogleFunctionCall, GooglePart, GoogleTool } from "./wire.js";

/** The functions with which a model of the Gemini API runs cells in a session. */
export interface GoogleTools {
  /** For the `tools` of a request's `config`. */
  readonly tools: GoogleTool[];
  /**
   * Answers the calls of exec and wait among a response's `functionCalls`, all at once, and ignores
   * other calls.
   *
   * @returns Parts for the next user content, in the order of the calls; empty if there are none.
   * @throws {CodeModeError} ERR_SESSION_CLOSED; ERR_INVALID_OPTION; ERR_THREAD_START.
   * @throws The signal's reason, if it is aborted while `wait` waits.
   */
  dispatch(
    calls: readonly GoogleFunctionCall[] | undefined,
    options?: ModelCallOptions,
  ): Promise<GooglePart[]>;
  /** Instead of both: a tool that `@google/genai` calls by itself, for the `tools` of `config`. */
  readonly callable: GoogleCallableTool;
}

/** What the API takes beside a function's response. */
const googleMedia: MediaTypes = {
  images: ["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"],
  audio: ["audio/wav", "audio/mpeg", "audio/aiff", "audio/aac", "audio/ogg", "audio/flac"],
};

/** The API's own names of media types. */
const googleNames: ReadonlyMap<string, string> = new Map([["audio/mpeg", "audio/mp3"]]);

/**
 * Makes exec and wait for Google's Gemini API (`@google/genai`): the functions to declare, and what answers
 * the calls.
 *
 * ```js
 * const { tools, dispatch } = googleTools(session);
 * const response = await ai.models.generateContent({ model, contents, config: { tools } });
 * contents.push(response.candidates[0].content);
 * contents.push({ role: "user", parts: await dispatch(response.functionCalls) });
 * ```
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION.
 */
export function googleTools(session: Session, options: FrameworkToolsOptions = {}): GoogleTools {
  const { handlers, others } = splitHandlers(options);
  const { exec, wait } = createModelTools(session, withMedia(others, googleMedia));
  const byName = new Map([exec, wait].map((tool) => [tool.name as string, tool]));
  const tools: GoogleTool[] = [{ functionDeclarations: [exec, wait].map(toDeclaration) }];
  const dispatch: GoogleTools["dispatch"] = async (calls, callOptions) => {
    const answers = (calls ?? []).flatMap((call) => {
      const tool = byName.get(call.name ?? "");
      return tool === undefined ? [] : [answer(call, tool, { ...handlers, ...callOptions })];
    });
    return (await Promise.all(answers)).flat();
  };
  return {
    tools,
    dispatch,
    callable: {
      tool: async () => ({ functionDeclarations: [exec, wait].map(toDeclaration) }),
      callTool: (calls) => dispatch(calls),
    },
  };
}

function toDeclaration({ name, description, inputSchema }: FunctionModelTool) {
  return { name, description, parametersJsonSchema: inputSchema };
}

async function answer(
  { id, name, args }: GoogleFunctionCall,
  tool: FunctionModelTool,
  options: ModelCallOptions,
): Promise<readonly GooglePart[]> {
  const { content, isError } = await tool.execute(args ?? {}, options);
  const texts = content.filter((item) => item.type === "text");
  const text = joinedText(texts) ?? "";
  const functionResponse = {
    ...(id !== undefined && { id }),
    name: name ?? tool.name,
    response: isError ? { error: text } : { output: text },
  };
  return [{ functionResponse }, ...content.flatMap(toMediaParts)];
}

function toMediaParts(item: OutputItem): readonly GooglePart[] {
  if (item.type === "text") return [];
  const held = readDataUrl(item.type === "image" ? item.imageUrl : item.audioUrl);
  if (held === undefined) return [];
  const mimeType = googleNames.get(held.mimeType) ?? held.mimeType;
  return [{ inlineData: { mimeType, data: held.bytes.toString("base64") } }];
}
