// What the Gemini API sends and takes, as far as it is about functions. The arrays can be written to
// because those in the types of the package `@google/genai` can.

export interface GoogleFunctionDeclaration {
  name?: string;
  description?: string;
  /** A JSON Schema. */
  parametersJsonSchema?: unknown;
}

/** An entry of a request's `tools`. */
export interface GoogleTool {
  functionDeclarations?: GoogleFunctionDeclaration[];
}

/** A call of a function, as `response.functionCalls` has it. */
export interface GoogleFunctionCall {
  id?: string;
  name?: string;
  args?: Record<string, unknown>;
}

/** A part of the content that answers calls. */
export interface GooglePart {
  functionResponse?: { id?: string; name?: string; response?: Record<string, unknown> };
  inlineData?: { mimeType?: string; data?: string };
}

/** A `CallableTool` of `@google/genai`, which it calls by itself. */
export interface GoogleCallableTool {
  tool(): Promise<GoogleTool>;
  callTool(functionCalls: GoogleFunctionCall[]): Promise<GooglePart[]>;
}
