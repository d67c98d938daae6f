import { assertNever } from "../base/assert-never.js";
import { previewJson } from "../base/json-preview.js";
import type { McpServerEvent, McpWarning } from "../mcp.js";
import type { CellEvent } from "../protocol/events.js";
import type { CellError, CellWarning, EndedOutcome } from "../protocol/outcome.js";
import { cellErrorText } from "./cell-error-text.js";
import { count, formatDuration, oneLine, shownCallId, visible } from "./format.js";
import { describeMedia, type MediaItem } from "./media.js";
import type { Terminal } from "./terminal.js";

const warningTitles: Readonly<Record<CellWarning["type"], string>> = {
  unhandledRejection: "unhandled rejection",
  notificationFailed: "notification failed",
  toolCallsDropped: "work dropped",
};

/** Characters of a tool's input, an error or a log line that are shown. */
const previewLength = 100;

export interface ReportOptions {
  /** False where standard output belongs to a JSON document. */
  readonly showsResults: boolean;
  /** Whether progress is written to standard error. */
  readonly showsProgress: boolean;
}

/** Tells a person what happens: results on standard output, all else on standard error. */
export class Report {
  readonly #terminal: Terminal;
  readonly #options: ReportOptions;
  /** An interruption leaves the cell in a store. */
  keepsCells = false;
  #cellStartedAt = 0;
  #isCellRunning = false;

  constructor(terminal: Terminal, options: ReportOptions) {
    this.#terminal = terminal;
    this.#options = options;
  }

  server(event: McpServerEvent): void {
    const { style } = this.#terminal;
    switch (event.type) {
      case "started": {
        const facts = `${count(event.toolCount, "tool")}, ${formatDuration(event.durationMs)}`;
        this.#note(`${style.green("●")} ${style.bold(visible(event.server))} ${style.dim(facts)}`);
        break;
      }
      case "toolsChanged": {
        const facts = `${count(event.toolCount, "tool")} now`;
        this.#note(`${style.green("●")} ${style.bold(visible(event.server))} ${style.dim(facts)}`);
        break;
      }
      case "died":
        this.#note(`${style.red("●")} ${visible(event.error.message)}`);
        break;
      case "restarting": {
        const when = style.dim(`  started again in ${formatDuration(event.delayMs)}`);
        this.#note(`${style.yellow("●")} ${visible(event.error.message)}\n${when}`);
        break;
      }
      default:
        assertNever(event);
    }
  }

  /** Something is odd and worked around; told also where progress is not. */
  warning({ message }: McpWarning): void {
    this.#terminal.note(`${this.#terminal.style.yellow("⚠")} ${visible(message)}`);
  }

  serverLine(server: string, line: string): void {
    this.#note(this.#terminal.style.dim(`${visible(server)} │ ${visible(line)}`));
  }

  /** What was asked for could not be done. */
  failure(error: Error): void {
    this.#note(`${this.#terminal.style.red("✗")} ${visible(error.message)}`);
  }

  remark(text: string): void {
    this.#note(this.#terminal.style.dim(text));
  }

  cellStarts(file: string): void {
    const { style } = this.#terminal;
    this.#note(`${style.cyan("▶")} ${style.bold(file)}`);
    this.entryStarts();
  }

  /** Of a cell that a person has just entered. */
  entryStarts(): void {
    this.#cellStartedAt = performance.now();
    this.#isCellRunning = true;
  }

  cellEvent(event: CellEvent): void {
    const { style } = this.#terminal;
    switch (event.type) {
      case "output":
        // Media come to `media`, when it is known where they were saved.
        if (event.item.type === "text") {
          this.#result(event.item.text);
        }
        break;
      case "toolCallStarted": {
        const input =
          event.input === null
            ? ""
            : oneLine(previewJson(event.input, previewLength) ?? "", previewLength);
        this.#note(`  ${style.cyan("→")} ${this.#callName(event)} ${style.dim(input)}`);
        break;
      }
      case "toolCallSettled":
        this.#toolCallSettled(event);
        break;
      case "approvalSettled":
        if (event.status === "approved") this.#approved(event);
        break;
      case "notify":
        this.#note(`  ${style.yellow("◆")} ${visible(event.text)}`);
        break;
      case "log":
        this.#note(style.dim(`  ${event.log.level}: ${visible(event.log.text)}`));
        break;
      case "yielded": {
        const after = formatDuration(performance.now() - this.#cellStartedAt);
        const why = event.reason === "requested" ? "yield_control()" : "yielded";
        this.#note(`  ${style.yellow("⏸")} ${why} after ${after}, still running; waiting`);
        break;
      }
      case "parked":
        this.#note(
          style.dim("  parked: it waits in the store until its call is approved or denied"),
        );
        break;
      case "started":
      case "unparked":
      case "approvalRequested":
      case "ended":
        break;
      default:
        assertNever(event);
    }
  }

  /** @param path - Where the item was saved; undefined where it was not. */
  media(item: MediaItem, path: string | undefined): void {
    const saved = path === undefined ? "" : ` → ${path}`;
    const line = `[${item.type}: ${describeMedia(item)}${saved}]`;
    if (this.#options.showsResults) {
      this.#result(line);
    } else {
      this.#note(`  ${line}`);
    }
  }

  mediaNotSaved(error: Error): void {
    this.#note(`${this.#terminal.style.red("✗")} not saved: ${error.message}`);
  }

  cellEnds(file: string, outcome: EndedOutcome): void {
    this.#isCellRunning = false;
    this.#problems(file, outcome);
    this.#note(this.#summary(file, outcome));
  }

  /** Says no more of a cell than there is to say: its person knows which one it is. */
  entryEnds(name: string, outcome: EndedOutcome): void {
    this.#isCellRunning = false;
    this.#problems(name, outcome);
    if (outcome.status === "terminated") {
      this.#note(this.#summary(name, outcome));
    }
  }

  cellError(file: string, error: CellError): void {
    this.#note(cellErrorText(error, file, this.#terminal.style));
  }

  cellsLeftOut(files: readonly string[]): void {
    this.#note(this.#terminal.style.dim(`not run: ${files.join(", ")}`));
  }

  interrupted(): void {
    const cell = this.keepsCells ? "leaving the cell in its store" : "ending the cell";
    const what = this.#isCellRunning ? cell : "ending what was started";
    this.#note(
      this.#terminal.style.yellow(`interrupted: ${what} (interrupt again to exit at once)`),
    );
  }

  #problems(file: string, outcome: EndedOutcome): void {
    if (outcome.status === "failed") {
      this.cellError(file, outcome.error);
    }
    for (const warning of outcome.warnings) {
      this.#note(
        `${this.#terminal.style.yellow("⚠")} ${warningTitles[warning.type]}: ${visible(warning.text)}`,
      );
    }
  }

  /** That one is refused is told when its call settles. */
  #approved(event: CellEvent & { readonly type: "approvalSettled" }): void {
    const { style } = this.#terminal;
    const why = event.reason === undefined ? "" : `: ${oneLine(event.reason, previewLength)}`;
    this.#note(`  ${style.green("✓")} ${this.#callName(event)} ${style.dim(`approved${why}`)}`);
  }

  #toolCallSettled(event: CellEvent & { readonly type: "toolCallSettled" }): void {
    const { style } = this.#terminal;
    const took = style.dim(formatDuration(event.durationMs));
    const name = this.#callName(event);
    switch (event.status) {
      case "fulfilled":
        this.#note(`  ${style.green("✓")} ${name} ${took}`);
        break;
      case "rejected": {
        const error = oneLine(event.error ?? "", previewLength);
        this.#note(`  ${style.red("✗")} ${name} ${took} ${style.red(error)}`);
        break;
      }
      case "aborted":
        this.#note(`  ${style.yellow("✗")} ${name} ${took} aborted: the cell ended first`);
        break;
      default:
        assertNever(event.status);
    }
  }

  /** The number tells calls of one tool apart. */
  #callName({ callId, tool }: { readonly callId: string; readonly tool: string }): string {
    return `${this.#terminal.style.dim(`#${shownCallId(callId)}`)} ${tool}`;
  }

  #summary(file: string, outcome: EndedOutcome): string {
    const { style } = this.#terminal;
    const { usage } = outcome;
    const facts = [
      count(usage.toolCalls, "tool call"),
      count(outcome.output.length, "item"),
      `${formatDuration(usage.cpuMs)} cpu`,
    ].join(", ");
    const mark = outcome.status === "completed" ? style.green("✓") : style.red("✗");
    const orphaned =
      outcome.status !== "completed" && outcome.orphaned
        ? style.yellow(" (the engine could not be stopped: its thread was cut off)")
        : "";
    return `${mark} ${style.bold(file)} ${outcome.status} in ${formatDuration(usage.wallMs)} ${style.dim(`· ${facts}`)}${orphaned}`;
  }

  #result(text: string): void {
    if (this.#options.showsResults) {
      this.#terminal.result(text.endsWith("\n") ? text : `${text}\n`);
    }
  }

  #note(text: string): void {
    if (this.#options.showsProgress) {
      this.#terminal.note(text);
    }
  }
}
