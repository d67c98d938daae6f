// A way between two programs that can be lost, as a network loses it: nothing is refused and nothing is closed.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * What gets lost: all, or only what goes one way.
 * @typedef {"all" | "requests" | "answers"} Lost
 */

/**
 * Listens at a port of this machine and passes on what comes.
 *
 * @param {import("node:net").NetConnectOpts} target
 */
export async function openWay(target) {
  /** @type {Set<{ near: import("node:net").Socket, far: import("node:net").Socket }>} */
  const pairs = new Set();
  /** @type {Lost | "nothing"} */
  let lost = "nothing";
  const server = createServer((near) => {
    const pair = { near, far: connect(target) };
    pairs.add(pair);
    for (const [one, other] of /** @type {const} */ ([
      [near, pair.far],
      [pair.far, near],
    ])) {
      one.setNoDelay(true);
      one.on("data", (bytes) => other.write(bytes));
      one.on("error", () => {});
      one.on("close", () => {
        pairs.delete(pair);
        other.destroy();
      });
    }
    hold(pair);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());

  /** @param {{ near: import("node:net").Socket, far: import("node:net").Socket }} pair */
  function hold({ near, far }) {
    if (lost === "all" || lost === "requests") near.pause();
    if (lost === "all" || lost === "answers") far.pause();
  }

  return {
    port,
    /** From here on nothing gets through. @param {Lost} [what] - Only in this direction. Default: in neither. */
    lose(what = "all") {
      lost = what;
      for (const pair of pairs) hold(pair);
    },
    /**
     * What was sent meanwhile gets through, late; or never, as when both sides have given up.
     * @param {{ readonly breaks?: boolean }} [options]
     */
    find({ breaks = false } = {}) {
      if (lost === "nothing") return;
      lost = "nothing";
      for (const { near, far } of pairs) {
        if (breaks) for (const socket of [near, far]) socket.destroy();
        else for (const socket of [near, far]) socket.resume();
      }
    },
    close() {
      server.close();
      for (const { near, far } of pairs) for (const socket of [near, far]) socket.destroy();
    },
  };
}
