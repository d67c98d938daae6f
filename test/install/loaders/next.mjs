// A route of Next.js, in production: as Next does it by itself, with codecell's JavaScript in its bundle, and with
// serverExternalPackages. Next is large, so it is not among the packages of this folder but installed here.
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { ScriptFailure } from "../../../scripts/lib/command.mjs";
import { Scratch, shortProgram } from "../scratch.mjs";

export const isLong = true;

const route = `import { createCodeMode } from "codecell";${shortProgram}
export const dynamic = "force-dynamic";
export async function GET() { return new Response(await answer()); }`;

/** @param {import("../scratch.mjs").Scratch} outer */
export async function check({ tarballs, registry }) {
  const scratch = new Scratch({ tarballs, registry });
  try {
    scratch.npmInstall("codecell", "next@16", "react@19", "react-dom@19");
    scratch.write("app/api/route.js", route);
    scratch.write(
      "app/layout.js",
      "export default function Layout({ children }) { return <html><body>{children}</body></html>; }",
    );
    for (const config of [{}, { serverExternalPackages: ["codecell"] }]) {
      const all = { ...config, turbopack: { root: scratch.folder } };
      scratch.write("next.config.mjs", `export default ${JSON.stringify(all)};`);
      await tryNext(scratch);
    }
  } finally {
    scratch.remove();
  }
}

/** @param {Scratch} scratch */
async function tryNext(scratch) {
  const node = process.execPath;
  const next = path.join(scratch.folder, "node_modules", "next", "dist", "bin", "next");
  const env = { NEXT_TELEMETRY_DISABLED: "1" };
  scratch.node([next, "build"], { node, env });
  const { CODECELL_ADDON: _, ...outer } = process.env;
  const server = spawn(node, [next, "start", "--port", "0"], {
    cwd: scratch.folder,
    env: { ...outer, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    scratch.expect(await (await fetch(`${await urlOf(server)}/api`)).text(), "42");
  } finally {
    const ended = once(server, "exit");
    if (server.kill()) await ended;
  }
}

/**
 * @param {import("node:child_process").ChildProcessByStdio<null, import("node:stream").Readable, null>} server
 * @returns {Promise<string>}
 */
function urlOf(server) {
  return new Promise((resolve, reject) => {
    let printed = "";
    // All of it is read: a server that can write no more ends.
    server.stdout.on("data", (chunk) => {
      printed += chunk;
      const [url] = /http:\/\/localhost:\d+/.exec(printed) ?? [];
      if (url !== undefined) resolve(url);
    });
    server.once("exit", () => {
      reject(new ScriptFailure(`next start said no address: ${printed}`));
    });
  });
}
