import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest, the longest first; they must not be the last to begin. */
const slowFiles: readonly string[] = [
  "mcp/pass-through.test.ts",
  "cli/gateway.test.ts",
  "cli/gateway-store.test.ts",
  "cli/gateway-store-approvals.test.ts",
  "options/limits.test.ts",
  "backend/process-contract.test.ts",
  "conformance/processes.test.ts",
  "backend/processes.test.ts",
  "host-server/wire-conformance.test.ts",
  "cli/repl.test.ts",
  "durable/crash.test.ts",
  "backend/exit.test.ts",
  "declarations/compile.test.ts",
  "cli/cells.test.ts",
  "cli/approvals.test.ts",
  "cli/serve.test.ts",
  "server/http/attacks.test.ts",
  "cli/gateway-http.test.ts",
  "generated/generated.test.ts",
  "cli/tools.test.ts",
  "cli/gateway-cache.test.ts",
  "cli/gateway-first.test.ts",
  "cli/doctor.test.ts",
  "cli/repl-terminal.test.ts",
  "mcp/servers.test.ts",
  "mcp/client-approval.test.ts",
  "mcp/pages.test.ts",
  "mcp/pass-news.test.ts",
  "cli/interrupt.test.ts",
  "cli/doctor-config.test.ts",
  "backend/workers.test.ts",
  "durable/durable-cells.test.ts",
  "durable/approvals-crash.test.ts",
  "sqlite/sqlite-store.test.ts",
];

/**
 * Starts the slow files first, so that at the end no processor waits for one. Those that share a process come last and
 * after each other: the process is ended before a file of another kind.
 */
export class SlowFilesFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      if (!project.config.isolate) return slowFiles.length + 1;
      const index = slowFiles.findIndex((file) => moduleId.endsWith(`/test/${file}`));
      return index === -1 ? slowFiles.length : index;
    };
    return [...(await super.sort(files))].sort((a, b) => rank(a) - rank(b));
  }
}
