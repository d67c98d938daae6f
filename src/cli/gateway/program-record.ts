import type { GatewayRecord } from "../../mcp/gateway/gateway-options.js";
import type { CellEvent } from "../../protocol/events.js";
import type { Session } from "../../session/session.js";
import { count, formatDuration, oneLine, visible } from "../format.js";
import type { Terminal } from "../terminal.js";

/** Lines of a program, and characters of a call's input or error, that are shown. */
const maxLines = 40;
const maxPreview = 100;

/** Shows each program that clients run, each call that it makes, and how long both took. */
export class ProgramRecord implements GatewayRecord {
  readonly #terminal: Terminal;
  readonly #clients = new WeakMap<Session, number>();
  #lastClient = 0;

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  called(session: Session, tool: string, input: unknown): void {
    const { style } = this.#terminal;
    const { code, ...others } = (input ?? {}) as Readonly<Record<string, unknown>>;
    const rest = Object.keys(others).length === 0 ? "" : ` ${preview(others)}`;
    this.#note(`${style.cyan("▶")} ${this.#client(session)} ${style.bold(tool)}${style.dim(rest)}`);
    if (typeof code !== "string") return;
    const lines = visible(code).split("\n");
    const shown = lines.slice(0, maxLines).map((line) => style.dim(`  │ ${line}`));
    const left = lines.length - shown.length;
    if (left > 0) shown.push(style.dim(`  │ … ${count(left, "line")} more`));
    this.#note(shown.join("\n"));
  }

  happened(session: Session, event: CellEvent): void {
    const { style } = this.#terminal;
    const cell = `${this.#client(session)} cell ${event.cellId}`;
    switch (event.type) {
      case "toolCallStarted":
        this.#note(
          `  ${style.cyan("→")} ${cell} ${callName(event)} ${style.dim(preview(event.input))}`,
        );
        break;
      case "toolCallSettled": {
        const mark = event.status === "fulfilled" ? style.green("✓") : style.red("✗");
        const took = style.dim(formatDuration(event.durationMs));
        const why = event.status === "fulfilled" ? "" : ` ${event.status} ${preview(event.error)}`;
        this.#note(`  ${mark} ${cell} ${callName(event)} ${took}${why}`);
        break;
      }
      case "approvalRequested":
        this.#note(`  ${style.yellow("?")} ${cell} ${callName(event)} waits for approval`);
        break;
      case "yielded":
        this.#note(`  ${style.yellow("⏸")} ${cell} goes on`);
        break;
      case "ended": {
        const { status, usage } = event.outcome;
        const mark = status === "completed" ? style.green("■") : style.red("■");
        const facts = style.dim(
          `${formatDuration(usage.wallMs)}, ${count(usage.toolCalls, "tool call")}, ${formatDuration(usage.cpuMs)} cpu`,
        );
        const why =
          event.outcome.status === "failed" ? ` ${preview(event.outcome.error.text)}` : "";
        this.#note(`${mark} ${cell} ${status} ${facts}${why}`);
        break;
      }
      case "log":
        this.#note(style.dim(`  ${cell} ${event.log.level}: ${preview(event.log.text)}`));
        break;
      default:
        // Output is the client's to show.
        break;
    }
  }

  #note(text: string): void {
    this.#terminal.note(text);
  }

  #client(session: Session): string {
    let number = this.#clients.get(session);
    if (number === undefined) {
      this.#lastClient += 1;
      number = this.#lastClient;
      this.#clients.set(session, number);
    }
    return `client ${number}`;
  }
}

function callName({ callId, tool }: { readonly callId: string; readonly tool: string }): string {
  return `#${callId} ${visible(tool)}`;
}

function preview(value: unknown): string {
  if (value === undefined || value === null) return "";
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return oneLine(text, maxPreview);
}
