import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readHostAddress } from "../../src/cli/host/host-address.js";
import { runCli, Workspace } from "../support/cli.js";

/** A small program of the system's, in the place of Codex's. */
const program = "/bin/true";

/** A folder as that of Codex: its executable, and what that looks for beside it. */
function makeCodex(folder: string): string {
  const bin = join(folder, "codex-home", "bin");
  mkdirSync(bin, { recursive: true });
  mkdirSync(join(folder, "codex-home", "codex-resources"));
  const codex = join(bin, "codex");
  copyFileSync(program, codex);
  return codex;
}

describe("codecell host --install", () => {
  test("makes a folder in which Codex finds codecell beside its executable", async () => {
    using workspace = new Workspace();
    const codex = makeCodex(workspace.path);
    const into = join(workspace.path, "new folder");
    const limits = ["--limit", "cpuMs=5000", "--deadlock", "wait"];
    const { code, stderr } = await runCli(["host", "--install", into, "--codex", codex, ...limits]);
    expect(code).toBe(0);
    expect(stderr).toContain(`${into}/bin/codex is ${codex}`);
    expect(stderr).toContain(`rm -r '${into}'`);
    expect(statSync(join(into, "bin/codex")).ino).toBe(statSync(codex).ino);
    expect(lstatSync(join(into, "codex-resources")).isSymbolicLink()).toBe(true);
    const hello = frame({
      type: "connection/hello",
      supportedVersions: [1],
      requiredCapabilities: [],
      optionalCapabilities: [],
    });
    const host = spawnSync(join(into, "bin/codex-code-mode-host"), [], { input: hello });
    expect(host.stdout.toString()).toContain('"type":"connection/ready"');
    expect(readFileSync(join(into, "bin/codex-code-mode-host"), "utf8")).toContain(
      "host --limit cpuMs=5000 --deadlock wait",
    );
  });

  test("can be done again, and finds the executable that npm's script starts", async () => {
    using workspace = new Workspace();
    const launcher = join(workspace.path, "node_modules/@openai/codex/bin/codex.js");
    const vendor = join(
      workspace.path,
      `node_modules/@openai/codex-${process.platform}-${process.arch}/vendor/some-target/bin`,
    );
    mkdirSync(join(launcher, ".."), { recursive: true });
    mkdirSync(vendor, { recursive: true });
    writeFileSync(launcher, "#!/usr/bin/env node\n", { mode: 0o755 });
    copyFileSync(program, join(vendor, "codex"));
    const into = join(workspace.path, "into");
    for (let i = 0; i < 2; i++) {
      const { code } = await runCli(["host", "--install", into, "--codex", launcher]);
      expect(code).toBe(0);
    }
    expect(statSync(join(into, "bin/codex")).ino).toBe(statSync(join(vendor, "codex")).ino);
    expect(readdirSync(join(into, "bin")).sort()).toEqual(["codex", "codex-code-mode-host"]);
  });

  test("leaves folders of others alone, above all that of Codex", async () => {
    using workspace = new Workspace();
    const codex = makeCodex(workspace.path);
    const home = join(workspace.path, "codex-home");
    const refused = await runCli(["host", "--install", home, "--codex", codex]);
    expect(refused).toMatchObject({ code: 2, stderr: expect.stringContaining("is not empty") });
    expect(existsSync(join(home, "bin/codex-code-mode-host"))).toBe(false);
  });

  test("does not take what it has made for Codex, whatever the folder is called", async () => {
    using workspace = new Workspace();
    const codex = makeCodex(workspace.path);
    const into = join(workspace.path, "into");
    const other = join(workspace.path, "other");
    await runCli(["host", "--install", into, "--codex", codex]);
    symlinkSync(into, other);
    const args = ["host", "--install", other, "--codex", join(into, "bin/codex")];
    const refused = await runCli(args);
    expect(refused).toMatchObject({
      code: 2,
      stderr: expect.stringContaining("is what this command has made"),
    });
  });

  test.each<readonly [string, (folder: string) => string]>([
    ["there is no file", (folder) => join(folder, "none")],
    [
      "is no executable of Codex",
      (folder) => {
        const script = join(folder, "script");
        writeFileSync(script, "#!/bin/sh\n", { mode: 0o755 });
        return script;
      },
    ],
  ])("says what is wrong with the executable: %s", async (message, make) => {
    using workspace = new Workspace();
    const args = [
      "host",
      "--install",
      join(workspace.path, "into"),
      "--codex",
      make(workspace.path),
    ];
    expect(await runCli(args)).toMatchObject({ code: 2, stderr: expect.stringContaining(message) });
    expect(existsSync(join(workspace.path, "into"))).toBe(false);
  });
});

describe("the address", () => {
  test.each([
    ["stdio", { wire: "framed", at: "stdio" }],
    ["stdio://", { wire: "framed", at: "stdio" }],
    ["grpc+stdio://", { wire: "grpc", at: "stdio" }],
    ["grpc://127.0.0.1:0", { wire: "grpc", at: { host: "127.0.0.1", port: 0 } }],
    ["http://[::1]:5000/", { wire: "grpc", at: { host: "::1", port: 5000 } }],
  ])("%s", (text, address) => {
    expect(readHostAddress(text)).toEqual(address);
  });

  test.each([
    "",
    "grpc://0.0.0.0:1",
    "http://example.com:1",
    "grpc://127.0.0.1:99999",
    "ftp://127.0.0.1:1",
    "grpc://me@127.0.0.1:1",
  ])("%j is refused", (text) => {
    expect(() => readHostAddress(text)).toThrow('"grpc+stdio://"');
  });
});

function frame(message: object): Buffer {
  const content = Buffer.from(JSON.stringify(message));
  const header = Buffer.alloc(4);
  header.writeUInt32LE(content.length);
  return Buffer.concat([header, content]);
}
