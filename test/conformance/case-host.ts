import type { NamedTool, Notification } from "../../src/index.js";
import type { CallRecord, RecordedTool } from "./recorded-case.js";

/** The host's side of a case: tools that behave as recorded, and what reached them. */
export class CaseHost {
  readonly calls: CallRecord[] = [];
  readonly notifications: string[] = [];
  readonly cancelled: string[] = [];

  readonly onNotify = ({ text }: Notification): void => {
    this.notifications.push(text);
  };

  toTool({ behaviour, ...tool }: RecordedTool): NamedTool {
    return {
      ...tool,
      execute: (input, { signal }) => {
        this.calls.push({ name: tool.name, kind: tool.kind, input });
        switch (behaviour.type) {
          case "echo":
            return input;
          case "return":
            return behaviour.value;
          case "error":
            throw new Error(String(behaviour.value));
          case "hang":
            signal.addEventListener("abort", () => this.cancelled.push(tool.name));
            return new Promise(() => {});
        }
      },
    };
  }
}
