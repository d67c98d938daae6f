import type { ModelRequest, StreamedEvent } from "./scripted-server.js";

/** An answer of the Gemini API, as it is on the wire. */
export function contentOf(...parts: readonly object[]): object {
  return {
    candidates: [{ content: { role: "model", parts }, finishReason: "STOP", index: 0 }],
    usageMetadata: { promptTokenCount: 10, candidatesTokenCount: 5, totalTokenCount: 15 },
    modelVersion: "gemini-3-pro",
  };
}

/** The same answer as a stream: each part in a piece of its own. */
export function contentStreamOf(...parts: readonly object[]): readonly StreamedEvent[] {
  return parts.map((part) => contentOf(part) as StreamedEvent);
}

/** A part that calls a function. */
export function geminiCall(id: string, name: string, args: object): object {
  return { functionCall: { id, name, args } };
}

/** The parts that follow the answer to the last call of a function in the request. */
export function answersOf({ body }: ModelRequest): readonly Readonly<Record<string, unknown>>[] {
  const contents = body["contents"] as readonly {
    readonly parts: readonly Readonly<Record<string, unknown>>[];
  }[];
  return contents.at(-1)?.parts ?? [];
}
