const parts = {
  // A text is skipped as a whole: what looks like a comment or a comma in it is none.
  comments: /"(?:[^"\\\n]|\\.)*"|\/\/[^\n\r]*|\/\*[\s\S]*?(?:\*\/|$)/g,
  commas: /"(?:[^"\\\n]|\\.)*"|,(?=\s*[}\]])/g,
};

/** JSON with comments and trailing commas, as editors keep it, as JSON in which every position stays. */
export function toPlainJson(text: string): string {
  return blank(blank(text, parts.comments), parts.commas);
}

function blank(text: string, pattern: RegExp): string {
  return text.replace(pattern, (part) => (part.startsWith('"') ? part : part.replace(/\S/g, " ")));
}

/** What is wrong with a text that is no JSON, and where. */
export function jsonProblem(text: string, error: unknown): string {
  if (text.trim() === "") {
    return "it is empty";
  }
  const message = error instanceof Error ? error.message : String(error);
  const found = /^(?<what>.*?)(?: in JSON)? at position (?<position>\d+)/.exec(message)?.groups;
  if (found === undefined) {
    return message;
  }
  const lines = text.slice(0, Number(found["position"])).split("\n");
  const column = (lines.at(-1) ?? "").length + 1;
  return `line ${lines.length}, column ${column}: ${found["what"]}`;
}
