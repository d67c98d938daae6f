// Which room of a tree may import from which: the tables that scripts/lint-rooms.mjs checks.
import { posix } from "node:path";

/**
 * A tree of source files in rooms. All paths in it are from `folder`.
 *
 * @typedef {object} RoomTree
 * @property {string} folder - Its folder, from the root of the repository.
 * @property {RegExp} files - The names of the files to check.
 * @property {RegExp} imports - Finds an import in a line; its group `path` is what is imported.
 * @property {(imported: string, file: string) => string | undefined} resolve - The path of what a file
 *   imports; undefined where that is outside the tree.
 * @property {readonly Room[]} rooms - A file belongs to the first room that its path begins with.
 * @property {readonly OutsideRule[]} outside - Which files may import what is outside the tree. What
 *   no rule names, every file may import.
 */

/**
 * @typedef {object} Room
 * @property {string} path - A folder with `/` at its end, or a file without its ending.
 * @property {readonly string[]} mayImport - How paths begin that its files may import. Their own room
 *   needs no mention.
 */

/**
 * @typedef {object} OutsideRule
 * @property {RegExp} imported
 * @property {readonly string[]} onlyIn - How the paths of the files begin that may import it.
 * @property {string} why - Ends the message.
 */

const plain = ["base/", "protocol/"];
// The two headers of isolate/ that name no type of the engine.
const faceOfIsolate = ["isolate/thread/isolate_thread.h", "isolate/engine/platform_link.h"];

/** @type {RoomTree} */
const native = {
  folder: "native",
  files: /\.(cc|h)$/,
  imports: /^\s*#\s*include\s*(?:"|<)(?<path>[^">]+)/,
  // The compiler looks for includes in native/ too, so they are written from there.
  resolve: (imported, file) => {
    if (imported.startsWith(".")) return posix.join(posix.dirname(file), imported);
    return /^(base|protocol|isolate|host|zygote)\//.test(imported) ? imported : undefined;
  },
  // From bottom to top.
  rooms: [
    { path: "base/", mayImport: [] },
    { path: "protocol/", mayImport: ["base/"] },
    { path: "isolate/engine/", mayImport: plain },
    { path: "isolate/values/", mayImport: [...plain, "isolate/engine/"] },
    { path: "isolate/exec/", mayImport: [...plain, "isolate/engine/", "isolate/values/"] },
    {
      path: "isolate/globals/",
      mayImport: [...plain, "isolate/engine/", "isolate/values/", "isolate/exec/"],
    },
    { path: "isolate/thread/", mayImport: [...plain, "isolate/"] },
    { path: "zygote/", mayImport: [...plain, "isolate/"] },
    { path: "host/", mayImport: [...plain, ...faceOfIsolate] },
    {
      path: "addon",
      mayImport: [
        "base/",
        "host/",
        ...faceOfIsolate,
        "isolate/engine/engine_flags.h",
        "isolate/engine/engine_version.h",
      ],
    },
  ],
  outside: [
    {
      imported: /^(napi|node_api|js_native_api)/,
      onlyIn: ["addon", "host/"],
      why: "Node-API belongs to the host's side: isolate/ uses V8, base/ and protocol/ use neither",
    },
    {
      imported: /^uv\.h$/,
      onlyIn: ["host/"],
      why: "the event loop belongs to the host's side",
    },
    {
      imported: /^(v8|libplatform|cppgc)/,
      onlyIn: ["isolate/", "zygote/"],
      why: "V8 belongs to the cell's side: host/ reaches a cell through isolate_thread.h, which names no type of V8",
    },
    {
      imported: /^node(_|\.)/,
      onlyIn: ["isolate/engine/platform_link"],
      why: "only platform_link uses Node's C++ interface, which differs between its majors",
    },
  ],
};

const tools = [...plain, "tools/"];
const options = [...tools, "options/"];
const cells = [...options, "declarations/", "bounds/", "calls/"];
const sessions = [...options, "session/"];
// What the entry points of the package give to everyone.
const doors = [
  "index",
  "ai.",
  "anthropic.",
  "client.",
  "google.",
  "langchain.",
  "openai.",
  "otel.",
  "mcp.",
  "postgres.",
  "sqlite.",
];

/** @type {RoomTree} */
const src = {
  folder: "src",
  files: /\.ts$/,
  imports: /(?:\bfrom|\bimport)\s*\(?\s*"(?<path>[^"]+)"/,
  resolve: (imported, file) => {
    if (!imported.startsWith(".")) return undefined;
    const inside = posix.join(posix.dirname(file), imported);
    return inside.startsWith("..") ? undefined : inside;
  },
  // From bottom to top.
  rooms: [
    { path: "base/", mayImport: [] },
    { path: "protocol/", mayImport: ["base/"] },
    { path: "tools/", mayImport: plain },
    { path: "declarations/", mayImport: tools },
    // Between a cell and its backend; like a backend it knows nothing above the seam.
    { path: "journal/", mayImport: plain },
    // Journals that outlive the process.
    { path: "durable/", mayImport: [...plain, "journal/"] },
    {
      path: "sealing/",
      mayImport: [...plain, "durable/store", "durable/cluster-store", "durable/sealed"],
    },
    { path: "sqlite/", mayImport: [...plain, "durable/store", "durable/sealed", "sealing/"] },
    { path: "postgres/", mayImport: [...plain, "durable/store", "durable/cluster-store"] },
    // What a runtime tells of itself, for those who operate it.
    { path: "telemetry/", mayImport: plain },
    { path: "options/", mayImport: [...tools, "journal/entry", "durable/store"] },
    { path: "bounds/", mayImport: options },
    { path: "calls/", mayImport: [...tools, "declarations/", "bounds/"] },
    { path: "cell/", mayImport: [...tools, "bounds/", "calls/"] },
    { path: "session/", mayImport: [...cells, "cell/", "journal/", "durable/"] },
    // A backend knows the seam and nothing above it.
    { path: "backend/addon/", mayImport: plain },
    { path: "backend/wire/", mayImport: plain },
    { path: "backend/pool/", mayImport: plain },
    { path: "backend/thread/", mayImport: [...plain, "backend/addon/", "backend/pool/"] },
    {
      path: "backend/process/",
      mayImport: [...plain, "backend/wire/", "backend/pool/", "backend/addon/"],
    },
    // What runs in the process that the other starts.
    { path: "backend/child/", mayImport: [...plain, "backend/wire/", "backend/thread/"] },
    // The one place where a runtime is given its backend.
    { path: "compose/", mayImport: [...sessions, "backend/"] },
    { path: "model/", mayImport: [...sessions, "declarations/"] },
    { path: "mcp/as-it-came", mayImport: [] },
    { path: "mcp/client/", mayImport: [...tools, "mcp/as-it-came"] },
    { path: "mcp/server/", mayImport: [...sessions, "model/", "mcp/as-it-came"] },
    { path: "mcp/gateway/", mayImport: [...sessions, "index", "model/", "mcp/"] },
    { path: "host-server/", mayImport: [...sessions, "model/"] },
    {
      path: "server/",
      mayImport: [
        ...[...sessions, "index", "model/", "mcp/", "journal/", "durable/", "declarations/"],
        "telemetry/",
      ],
    },
    { path: "adapters/", mayImport: [...sessions, "model/", "mcp/client/", "mcp/server/"] },
    // Also for browsers: it has nothing of Node, and of what is above the seam only types.
    { path: "client/", mayImport: [...plain, "options/exec-options"] },
    { path: "build/", mayImport: [...plain, "backend/addon/"] },
    {
      path: "cli/",
      mayImport: [
        ...cells,
        ...sessions,
        ...doors,
        "model/",
        "mcp/",
        "host-server/",
        "server/",
        "backend/addon/",
        "build/",
        "journal/",
        "durable/",
        "sealing/",
        "sqlite/",
        "postgres/",
        "telemetry/",
      ],
    },
    // The command, whether the commands are there or not: it imports none of them by name.
    { path: "bin/", mayImport: ["base/", "backend/addon/", "build/"] },
    ...doors.map((path) => ({ path, mayImport: [""] })),
  ],
  outside: [
    {
      imported: /binding\.js$/,
      onlyIn: ["backend/"],
      why: "the addon is one way to run cells, behind CellBackend",
    },
    {
      imported: /^@modelcontextprotocol\//,
      onlyIn: ["mcp/", "server/mcp/", "cli/gateway/"],
      why: "a program that embeds the core needs no MCP SDK",
    },
    {
      imported: /^pg$/,
      onlyIn: [],
      why: "who uses PostgreSQL installs it, and codecell loads it by name when it is needed",
    },
    {
      imported: /^@opentelemetry\//,
      onlyIn: ["telemetry/otel/"],
      why: "a program without codecell/otel needs no OpenTelemetry",
    },
    {
      imported: /^@grpc\//,
      onlyIn: ["base/vendored", "host-server/grpc/"],
      why: "gRPC is one of the two wires of codecell host",
    },
    {
      imported: /^jose$/,
      onlyIn: ["server/auth/"],
      why: "only a server of many tenants reads tokens",
    },
    {
      imported: /^(commander|acorn)$/,
      onlyIn: ["cli/"],
      why: "the command line is one way to use the package",
    },
  ],
};

/** @type {RoomTree} */
const web = {
  folder: "web",
  files: /\.ts$/,
  imports: src.imports,
  resolve: src.resolve,
  rooms: [{ path: "", mayImport: [""] }],
  outside: [
    {
      imported: /^(node:|\.\.\/)/,
      onlyIn: [],
      why: "it runs in cells, which have nothing of Node and nothing of the host's code",
    },
  ],
};

/** @type {RoomTree} */
const page = {
  folder: "page",
  files: /\.tsx?$/,
  imports: src.imports,
  resolve: src.resolve,
  rooms: [{ path: "", mayImport: [""] }],
  outside: [
    {
      imported: /^node:|^\.\.\/src\/(?!cli\/journal\/timeline\.js|journal\/entry\.js|protocol\/)/,
      onlyIn: [],
      why: "it runs in browsers, and of src/ it has types and the timeline of a journal",
    },
  ],
};

/** @type {readonly RoomTree[]} */
export const roomTrees = [native, src, web, page];
