import { getBinding } from "../backend/addon/binding.js";
import { hostHeapBytes } from "../backend/addon/host-heap.js";
import { chooseSource } from "../backend/process/choose-source.js";
import { ProcessBackend } from "../backend/process/process-backend.js";
import { ThreadBackend } from "../backend/thread/thread-backend.js";
import { checkDurability } from "../options/durability-options.js";
import { resolveLimits } from "../options/limits.js";
import { type CodeModeOptions, checkPrewarm, checkTelemetry } from "../options/options.js";
import { checkProcessOptions } from "../options/process-options.js";
import { defaultSettings, withSessionOptions } from "../options/settings.js";
import { CodeMode } from "../session/code-mode.js";
import { rehearseExec } from "../session/rehearsal.js";
import { ChoosingBackend } from "./choosing-backend.js";

/**
 * Makes a runtime: tools, limits and handlers for any number of sessions.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL, ERR_TOOL_NAME_CONFLICT;
 *   ERR_ADDON_MISSING or ERR_ADDON_MISMATCH if there is no native addon for this Node.
 */
export function createCodeMode(options: CodeModeOptions = {}): CodeMode {
  const settings = withSessionOptions(defaultSettings, "runtime", options);
  const prewarm = checkPrewarm(options.prewarm);
  const { processHost, sandbox } = checkProcessOptions(options);
  const durability = checkDurability(options.durability);
  const telemetry = checkTelemetry(options.telemetry);
  const heap = hostHeapBytes();
  const limits = resolveLimits(settings.limits, { scope: "runtime", hostHeapBytes: heap });
  const { maxOrphans, heapBytes } = limits;
  const backend = new ChoosingBackend(
    {
      thread: () =>
        new ThreadBackend({
          maxOrphans,
          prewarm,
          heapBytes,
          // The caller did not ask for this exec, so its failure is not reported.
          onIdle: () => void rehearseExec(heap).catch(() => {}),
        }),
      process: () =>
        new ProcessBackend({
          chosen: chooseSource({ processHost, sandbox }),
          prewarm,
          heapBytes,
          needsSandbox: sandbox === "required",
        }),
    },
    settings.isolation,
  );
  const { orphanCount } = getBinding();
  const isolates = () => ({ ...backend.spares, orphaned: orphanCount() });
  return new CodeMode({
    ...{ backend, settings, limits, hostHeapBytes: heap, isolates, durability, telemetry },
  });
}
