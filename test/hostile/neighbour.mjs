// A healthy session beside the attacked one.
import { maxTextLength, textOf } from "./cell-report.mjs";

/** Between two questions to the neighbour. */
const neighbourEveryMs = 50;

/**
 * Asks the neighbour for a sum every now and then; each must be right.
 * @param {import("../../dist/index.js").Session} neighbour - With the tool `add`.
 */
export function startNeighbour(neighbour) {
  let answers = 0;
  let worstMs = 0;
  /** @type {string | undefined} */
  let wrong;
  let isStopping = false;
  /** @type {() => void} */
  let stopWaiting = () => {};
  const ask = async () => {
    const askedAt = performance.now();
    try {
      const outcome = await neighbour.exec(`text(await tools.add({ a: ${answers}, b: 1 }))`);
      const said = outcome.status === "completed" ? textOf(outcome.output[0]) : outcome;
      if (said !== String(answers + 1)) wrong ??= JSON.stringify(said).slice(0, maxTextLength);
    } catch (thrown) {
      wrong ??= String(thrown);
    }
    answers += 1;
    worstMs = Math.max(worstMs, performance.now() - askedAt);
  };
  const answered = ask().then(() => {
    worstMs = 0;
  });
  const loop = (async () => {
    await answered;
    while (!isStopping) {
      await ask();
      await new Promise((go) => {
        const timer = setTimeout(go, neighbourEveryMs);
        stopWaiting = () => {
          clearTimeout(timer);
          go(undefined);
        };
        if (isStopping) stopWaiting();
      });
    }
    await ask();
  })();
  return {
    answered,
    report: () => ({ answers, wrong, worstMs }),
    stop() {
      isStopping = true;
      stopWaiting();
      return loop;
    },
  };
}
