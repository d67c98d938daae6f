// `codecell mcp` with a heart: tells the longest time for which its event loop stood still, over IPC.
import { startHeart } from "./heart.mjs";

const heart = startHeart();
process.on("message", (asked) => {
  if (asked === "begin") {
    heart.reset();
    process.send?.({ begun: true });
  } else {
    process.send?.({ worstMs: heart.stop(), heapMiB: process.memoryUsage().heapTotal / 2 ** 20 });
  }
});
await import("../../dist/cli/main.js");
