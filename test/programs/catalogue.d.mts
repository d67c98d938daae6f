import type { ModelToolResult, ToolSource } from "../../src/index.js";
import type * as mcp from "../../src/mcp.js";

interface Program {
  readonly name: string;
  readonly source: string;
  readonly gives?: readonly string[];
  readonly says?: readonly string[];
}

interface Idiom {
  readonly idiom: string;
  readonly programs: readonly Program[];
}

type Verdict = "works" | "told" | "silent";

export declare const corpus: readonly Idiom[];
export declare function preparedTools(
  door: Pick<typeof mcp, "mcpTools">,
): Promise<readonly ToolSource[]>;
export declare function expectedOf(program: Program): Verdict;
export declare function judge(program: Program, answer: ModelToolResult): Verdict;
export declare function answerText(answer: ModelToolResult): string;
