import { hostHeapBytes } from "../backend/addon/host-heap.js";
import { ThreadBackend } from "../backend/thread/thread-backend.js";
import { resolveLimits } from "../options/limits.js";
import { type CodeModeOptions, checkPrewarm } from "../options/options.js";
import { defaultSettings, withSessionOptions } from "../options/settings.js";
import { CodeMode } from "../session/code-mode.js";

/**
 * Makes a runtime: tools, limits and handlers for any number of sessions.
 *
 * @throws {CodeModeError} ERR_INVALID_OPTION, ERR_INVALID_TOOL, ERR_TOOL_NAME_CONFLICT;
 *   ERR_ADDON_MISSING or ERR_ADDON_MISMATCH if there is no native addon for this Node.
 */
export function createCodeMode(options: CodeModeOptions = {}): CodeMode {
  const settings = withSessionOptions(defaultSettings, "runtime", options);
  const prewarm = checkPrewarm(options.prewarm);
  const heap = hostHeapBytes();
  const limits = resolveLimits(settings.limits, { scope: "runtime", hostHeapBytes: heap });
  const { maxOrphans, heapBytes } = limits;
  const backend = new ThreadBackend({ maxOrphans, prewarm, heapBytes });
  return new CodeMode({ backend, settings, limits, hostHeapBytes: heap });
}
