// A command of codecell that serves, with a heart: tells the longest time for which its event loop stood still, over IPC.
import { startHeart } from "./heart.mjs";
import { measurePace } from "./pace.mjs";

const pace = measurePace();
const heart = startHeart();
process.on("message", (asked) => {
  if (asked === "begin") {
    heart.reset();
    process.send?.({ begun: true });
  } else {
    const heapMiB = process.memoryUsage().heapTotal / 2 ** 20;
    process.send?.({ worstMs: heart.stop(), heapMiB, pace });
  }
});
await import("../../dist/cli/main.js");
