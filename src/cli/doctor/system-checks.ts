import { totalmem } from "node:os";
import { getHeapStatistics } from "node:v8";
import { type ResolvedLimits, resolveLimits } from "../../options/limits.js";
import { count } from "../format.js";
import type { CgroupPlaces } from "./cgroup.js";
import { type Check, notRun, ok, warning } from "./check.js";
import { cgroupMemoryBytes, processors, type ThreadRoom, threadRoom } from "./system-limits.js";

/** Whether the machine, or the container, has room for cells with the default limits. */
export function checkSystem(places?: CgroupPlaces): readonly Check[] {
  return [checkProcessors(places), checkMemory(places), checkThreads(places)];
}

/** Those of a runtime; the addon, which may be what is missing, is not asked. */
function defaultLimits(): ResolvedLimits {
  const hostHeapBytes = getHeapStatistics().heap_size_limit;
  return resolveLimits({}, { scope: "runtime", hostHeapBytes });
}

function checkProcessors(places: CgroupPlaces | undefined): Check {
  const number = processors(places);
  const text = count(Number(number.toFixed(2)), "processor");
  if (number >= 1) return ok("processors", text);
  return warning(
    "processors",
    `${text}: a cell that computes takes the time of the program around it`,
    "Give the container a whole processor, two if the program has work of its own.",
  );
}

function checkMemory(places: CgroupPlaces | undefined): Check {
  const { rssBytes, heapBytes, arrayBufferBytes } = defaultLimits();
  const inCgroup = cgroupMemoryBytes(places);
  const available = Math.min(inCgroup, totalmem());
  const whose = inCgroup === available ? "by the cgroup" : "of the machine";
  const found = `${binaryBytes(available)} ${whose}`;
  if (rssBytes > available) {
    return warning(
      "memory",
      `${found}, which this Node does not see: cells are ended from ${binaryBytes(rssBytes)} on only`,
      `Set limits.rssBytes to ${Math.floor(available * 0.75)}, or the system ends the whole process.`,
    );
  }
  const oneCell = heapBytes + arrayBufferBytes;
  if (rssBytes - process.memoryUsage.rss() < oneCell) {
    return warning(
      "memory",
      `${found}: one cell may take ${binaryBytes(oneCell)}, but all are ended from ${binaryBytes(rssBytes)} on`,
      "Give the container more memory, or lower limits.heapBytes and limits.arrayBufferBytes.",
    );
  }
  return ok("memory", `${found}; the largest cells are ended from ${binaryBytes(rssBytes)} on`);
}

function checkThreads(places: CgroupPlaces | undefined): Check {
  const { cells } = defaultLimits();
  let room: ThreadRoom | undefined;
  try {
    room = threadRoom(places);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return notRun("threads", `the limits cannot be read: ${why}`, "Let this user read /proc/self.");
  }
  if (room === undefined) return ok("threads", "no limit");
  const found = `room for ${room.threads}, by ${room.limit}`;
  if (room.threads >= cells) return ok("threads", found);
  return warning(
    "threads",
    `${found}: fewer than the ${cells} cells that may be alive, each with a thread`,
    "Raise that limit, or lower limits.cells; else an exec may fail with ERR_THREAD_START.",
  );
}

function binaryBytes(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1024 ? `${Math.floor(mebibytes)} MiB` : `${(mebibytes / 1024).toFixed(1)} GiB`;
}
