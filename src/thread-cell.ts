import type * as Binding from "../binding.js";
import { assertNever } from "./assert-never.js";
import type { HostCell, HostCommand, HostUsage } from "./cell-host.js";

/** A cell on a thread of this process. */
export class ThreadCell implements HostCell {
  readonly #cell: Binding.Cell;

  constructor(cell: Binding.Cell) {
    this.#cell = cell;
  }

  send(command: HostCommand): void {
    switch (command.type) {
      case "toolResolved":
        this.#cell.resolveTool(command.callId, command.json);
        break;
      case "toolRejected":
        this.#cell.rejectTool(command.callId, command.message);
        break;
      default:
        assertNever(command);
    }
  }

  terminate(): void {
    this.#cell.terminate();
  }

  abandon(): void {
    this.#cell.abandon();
  }

  cpuTimeMs(): number {
    return this.#cell.cpuTimeMs();
  }

  usage(): HostUsage {
    return this.#cell.usage();
  }
}
