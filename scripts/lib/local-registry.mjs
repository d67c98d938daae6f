// A registry on this machine, in a process of its own: it serves the packages that were packed, and sends clients to
// the real registry for all others. So the packages are installed as users install them, also those that are not
// published yet. Nothing is uploaded.
//
//   node scripts/lib/local-registry.mjs DIR UPSTREAM     prints its URL, and ends with its standard input
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { capture, run, ScriptFailure } from "./command.mjs";

/**
 * Starts it.
 * @param {string} folder - With the tarballs.
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function startRegistry(folder) {
  const upstream = capture("npm", ["config", "get", "registry"]).replace(/\/$/, "");
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), folder, upstream], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(child, "exit");
  const url = await Promise.race([
    once(child.stdout, "data").then(([data]) => String(data).trim()),
    ended.then(([code, signal]) => {
      throw new ScriptFailure(`the registry on this machine ended with ${code ?? signal}`);
    }),
  ]);
  return {
    url,
    close: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

/**
 * Installs packages with npm, without install scripts.
 * @param {string} url - Of the registry.
 * @param {string} folder
 * @param {readonly string[]} specs
 */
export function installFrom(url, folder, specs) {
  const flags = ["--silent", "--ignore-scripts", "--no-audit", "--registry", url];
  run("npm", ["install", ...flags, ...specs], { cwd: folder, quiet: true });
}

/**
 * What npm reads of each package: its manifest, and where its tarball is.
 * @param {string} folder
 * @param {string} url
 */
function documentsOf(folder, url) {
  const names = readdirSync(folder).filter((name) => name.endsWith(".tgz"));
  return new Map(
    names.map((name) => {
      const file = path.join(folder, name);
      const manifest = JSON.parse(capture("tar", ["-xzOf", file, "package/package.json"]));
      const bytes = readFileSync(file);
      const digest = (/** @type {string} */ kind) => createHash(kind).update(bytes);
      const dist = {
        tarball: `${url}/-/${name}`,
        integrity: `sha512-${digest("sha512").digest("base64")}`,
        shasum: digest("sha1").digest("hex"),
      };
      const { version } = manifest;
      return /** @type {const} */ ([
        manifest.name,
        {
          name: manifest.name,
          "dist-tags": { latest: version },
          versions: { [version]: { ...manifest, _id: `${manifest.name}@${version}`, dist } },
        },
      ]);
    }),
  );
}

async function serve() {
  const [folder = "", upstream = ""] = process.argv.slice(2);
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === "object" ? address?.port : address}`;
  const documents = documentsOf(folder, url);
  server.on("request", (request, response) => {
    const asked = decodeURIComponent((request.url ?? "/").slice(1));
    const document = documents.get(asked);
    if (request.method !== "GET") response.writeHead(405).end();
    else if (document !== undefined) {
      response.setHeader("content-type", "application/json").end(JSON.stringify(document));
    } else if (/^-\/[\w.-]+\.tgz$/.test(asked)) {
      response.end(readFileSync(path.join(folder, path.basename(asked))));
    } else if (asked.startsWith("@codecell/")) response.writeHead(404).end("{}");
    else response.writeHead(302, { location: `${upstream}${request.url}` }).end();
  });
  console.log(url);
  process.stdin.resume().on("end", () => {
    server.close();
    server.closeAllConnections();
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await serve();
