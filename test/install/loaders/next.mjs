// A route of Next.js, in production: as Next does it by itself, with codecell's JavaScript in its bundle, and with
// serverExternalPackages; and the folder that Next makes with `output: "standalone"`, where nothing else is. Next is
// large, so it is not among the packages of this folder but installed here.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
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
    await tryStandalone(scratch);
  } finally {
    scratch.remove();
  }
}

const env = { NEXT_TELEMETRY_DISABLED: "1" };

/** @param {Scratch} scratch */
function nextOf(scratch) {
  return path.join(scratch.folder, "node_modules", "next", "dist", "bin", "next");
}

/** @param {Scratch} scratch */
async function tryNext(scratch) {
  scratch.node([nextOf(scratch), "build"], { env });
  await askServer(scratch, [nextOf(scratch), "start", "--port", "0"], scratch.folder);
}

/**
 * As docs/deployment.md has it: Next sees which files are imported, and is told of those that are opened.
 * @param {Scratch} scratch
 */
async function tryStandalone(scratch) {
  const config = {
    output: "standalone",
    serverExternalPackages: ["codecell"],
    outputFileTracingIncludes: {
      "/*": ["node_modules/codecell/dist/**", "node_modules/@codecell/**"],
    },
    outputFileTracingRoot: scratch.folder,
    turbopack: { root: scratch.folder },
  };
  scratch.write("next.config.mjs", `export default ${JSON.stringify(config)};`);
  scratch.node([nextOf(scratch), "build"], { env });
  const alone = mkdtempSync(path.join(tmpdir(), "codecell-standalone-"));
  try {
    cpSync(path.join(scratch.folder, ".next", "standalone"), alone, {
      recursive: true,
      verbatimSymlinks: true,
    });
    await askServer(scratch, ["server.js"], alone);
  } finally {
    rmSync(alone, { recursive: true, force: true });
  }
}

/**
 * Starts a server, and asks it for what the route answers.
 * @param {Scratch} scratch
 * @param {readonly string[]} args
 * @param {string} cwd
 */
async function askServer(scratch, args, cwd) {
  const { CODECELL_ADDON: _, ...outer } = process.env;
  // Of the servers only `next start` takes port 0.
  const PORT = String(await freePort());
  const server = spawn(process.execPath, args, {
    cwd,
    env: { ...outer, ...env, PORT, HOSTNAME: "localhost" },
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

/** @returns {Promise<number>} */
async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" && address !== null ? address.port : 0;
}
