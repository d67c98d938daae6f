import { toCommentLine, toLineComments } from "../../declarations/comment-text.js";
import { declareRegisteredTools } from "../../declarations/declare-tools.js";
import { readJsonSchema } from "../../declarations/schema-source.js";
import type { RegisteredTool } from "../../tools/registered-tool.js";
import { count, jsonText, oneLine } from "../format.js";
import type { StartedServer } from "./start-servers.js";

const maxPreviewLength = 100;

/** TypeScript that a compiler takes; what the servers say of themselves stands in comments. */
export function asDeclarations(
  tools: readonly RegisteredTool[],
  servers: readonly StartedServer[],
): string {
  const comments = servers.flatMap(({ name, instructions = "", tools: all }) => {
    const own = tools.filter((tool) => all.includes(tool));
    if (own.length === 0) return [];
    const heading = toLineComments(toCommentLine(`${name}: ${count(own.length, "tool")}`));
    // They are about the server as a whole.
    const said = own.length === all.length ? toLineComments(instructions) : "";
    return [heading, said.replace(/^\/\/ /gm, "//   ")];
  });
  return `${comments.join("")}\n${declareRegisteredTools(tools)}`;
}

function serverOf(tool: RegisteredTool, servers: readonly StartedServer[]): string | undefined {
  return servers.find(({ tools }) => tools.includes(tool))?.name;
}

/** A line for each tool. */
export function asNames(tools: readonly RegisteredTool[]): string {
  const width = Math.max(...tools.map(({ name }) => name.length));
  const lines = tools.map(({ name, description }) => {
    const [first = ""] = description.trim().split("\n");
    return `${name.padEnd(width)}  ${oneLine(first, maxPreviewLength)}`.trimEnd();
  });
  return `${lines.join("\n")}\n`;
}

/** The document of `--json`; docs/cli.md describes it. */
export function asJson(
  tools: readonly RegisteredTool[],
  servers: readonly StartedServer[],
): string {
  const document = {
    servers: servers.map(({ name, instructions, error, tools: own }) => ({
      name,
      ...(error === undefined ? { toolCount: own.length } : { error: error.message }),
      ...(instructions && { instructions }),
    })),
    tools: tools.map((tool) => ({
      name: tool.name,
      server: serverOf(tool, servers),
      tool: tool.ownName,
      description: tool.description,
      inputSchema: readJsonSchema(tool.inputSchema, "input"),
      outputSchema: readJsonSchema(tool.outputSchema, "output"),
      declaration: declareRegisteredTools([tool]),
    })),
  };
  return jsonText(document);
}
