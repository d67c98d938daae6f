// A way between two programs that can be lost, as a network loses it: nothing is refused and nothing is closed.
import { once } from "node:events";
import { connect, createServer } from "node:net";

/**
 * Listens at a port of this machine and passes on what comes.
 *
 * @param {import("node:net").NetConnectOpts} target
 */
export async function openWay(target) {
  /** @type {Set<import("node:net").Socket>} */
  const sockets = new Set();
  let isLost = false;
  const server = createServer((near) => {
    const far = connect(target);
    for (const [one, other] of /** @type {const} */ ([
      [near, far],
      [far, near],
    ])) {
      sockets.add(one);
      one.setNoDelay(true);
      one.on("data", (bytes) => other.write(bytes));
      one.on("error", () => {});
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
      if (isLost) one.pause();
    }
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    port,
    /** From here on nothing gets through, in either direction. */
    lose() {
      isLost = true;
      for (const socket of sockets) socket.pause();
    },
    /** What was sent meanwhile gets through, late. */
    find() {
      isLost = false;
      for (const socket of sockets) socket.resume();
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
