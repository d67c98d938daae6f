import { RegisteredTool } from "./registered-tool.js";

/** Of a cell that was started when there was such a tool. */
export function missingTool(name: string): RegisteredTool {
  return new RegisteredTool(name, {
    execute: () => {
      throw new Error(`There is no tool "${name}" any more.`);
    },
  });
}
