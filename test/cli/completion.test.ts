import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { bashScript } from "../../src/cli/completion/bash-script.js";
import { describeCommand } from "../../src/cli/completion/described-command.js";
import { limitNames } from "../../src/options/limits.js";
import { runCli } from "../support/cli.js";
import { listed, startBash } from "../support/completing-bash.js";
import { oddProgram } from "../support/odd-program.js";
import { keys } from "../support/pseudo-terminal.js";
import { type ShownCommand, shownCommands } from "../support/shown-commands.js";

const { tab } = keys;

let shown: readonly ShownCommand[];
let bash: string;

beforeAll(async () => {
  shown = await shownCommands();
  bash = (await runCli(["completion", "bash"])).stdout;
});

test("bash completes the commands that the help lists, and after help too", async () => {
  const { type } = await startBash(bash);
  const names = shown.map(({ name }) => name).sort();
  expect((await type(listed)).sort()).toEqual(names);
  expect((await type(`help ${listed}`)).slice(1).sort()).toEqual(names);
  expect(await type(`comp${tab}b${tab}`)).toEqual(["completion", "bash"]);
});

test("bash completes all the options that a command's help lists", async () => {
  const { type } = await startBash(bash);
  for (const { name, options } of shown.filter(({ name }) => name !== "help")) {
    expect((await type(`${name} -${listed}`)).slice(1).sort(), name).toEqual([...options].sort());
  }
  expect(await type(`mcp --describe${tab}n${tab}`)).toEqual(["mcp", "--describe", "none"]);
});

test("bash completes a limit's name up to its value, joined to the option or not", async () => {
  const { type } = await startBash(bash);
  const limits = limitNames.map((name) => `${name}=`).sort();
  expect(await type(`run --limit ${listed}`)).toEqual(["run", "--limit", ...limits]);
  expect(await type(`run --lim${tab}cpu${tab}500 --limit=heap${tab}9`)).toEqual([
    "run",
    "--limit",
    "cpuMs=500",
    "--limit=heapBytes=9",
  ]);
  expect(await type(`run --limit cpuMs=${tab}`)).toEqual(["run", "--limit", "cpuMs="]);
});

test("bash completes an address through its colons, in quotes too", async () => {
  const { type } = await startBash(bash);
  const address = ["mcp", "--listen", "http://127.0.0.1:80"];
  expect(await type(`mcp --listen ${listed}`)).toEqual([
    "mcp",
    "--listen",
    "http://127.0.0.1:",
    "stdio",
  ]);
  expect(await type(`mcp --listen ht${tab}80`)).toEqual(address);
  expect(await type(`mcp --listen http:${tab}80`)).toEqual(address);
  expect(await type(`mcp --listen http://12${tab}80`)).toEqual(address);
  expect(await type(`mcp --listen 'http:${tab}\u007f80'`)).toEqual(address);
  expect(await type(`mcp -l s${tab}--describe${tab}a${tab}`)).toEqual([
    "mcp",
    "-l",
    "stdio",
    "--describe",
    "all",
  ]);
});

test("bash completes where words end at no character but spaces", async () => {
  const { type } = await startBash(bash, `COMP_WORDBREAKS=$' \\t\\n'`);
  expect(await type(`mcp --listen http:${tab}80 --limit=cpu${tab}1`)).toEqual([
    "mcp",
    "--listen",
    "http://127.0.0.1:80",
    "--limit=cpuMs=1",
  ]);
});

test("bash completes files for cells and configs, directories for --out, as it does elsewhere", async () => {
  const { type, workspace } = await startBash(bash);
  workspace.file("some cell.js", "");
  workspace.file("servers.json", "");
  workspace.file("images.txt", "");
  mkdirSync(join(workspace.path, "images of cells"));
  expect(await type(`run some${tab}--config serv${tab}--out im${tab}`)).toEqual([
    "run",
    "some cell.js",
    "--config",
    "servers.json",
    "--out",
    "images of cells/",
  ]);
  expect(await type(`run ~/some${tab}-c ./serv${tab}`)).toEqual([
    "run",
    join(workspace.path, "some cell.js"),
    "-c",
    "./servers.json",
  ]);
  expect(await type(`run --config=serv${tab}-- "som${tab}`)).toEqual([
    "run",
    "--config=servers.json",
    "--",
    "some cell.js",
  ]);
  expect(await type(`run some${tab}2>> im${tab}.t${tab}`)).toEqual(["run", "some cell.js"]);
  expect(readdirSync(workspace.path).filter((name) => name.startsWith("im"))).toEqual([
    "images of cells",
    "images.txt",
  ]);
});

test("bash completes nothing where nothing is known", async () => {
  const { type, workspace } = await startBash(bash);
  workspace.file("file.js", "");
  expect(await type(`run --timeout ${tab}${tab}7`)).toEqual(["run", "--timeout", "7"]);
  expect(await type(`mcp -- fi${tab}`)).toEqual(["mcp", "--", "fi"]);
  expect(await type(`completion bash ${listed}`)).toEqual(["completion", "bash", "--help", "-h"]);
});

test("what is in the middle of a line is completed by what is before it", async () => {
  const { type } = await startBash(bash);
  const left = "\u001b[D";
  expect(await type(`run --lim --verbose${left.repeat(10)}${tab} time${tab}5`)).toEqual([
    "run",
    "--limit",
    "timers=5",
    "--verbose",
  ]);
});

test("bash completes under set -u, and with options that change its patterns", async () => {
  const { type } = await startBash(bash, "set -u; shopt -s nullglob extglob nocasematch failglob");
  expect(await type(`run --lim${tab}cpu${tab}500`)).toEqual(["run", "--limit", "cpuMs=500"]);
  expect(await type(`repl ${tab}-out=${tab}`)).toEqual(["repl", "--out="]);
});

test("bash completes commands in commands and the operands after their choices", async () => {
  const script = bashScript(describeCommand(oddProgram())).replaceAll(/\bodd\b/g, "codecell");
  const { type, workspace } = await startBash(script.replaceAll("_odd", "_codecell"));
  workspace.file("last.js", "");
  expect(await type(`b${tab}o${tab}plain${tab}la${tab}la${tab}`)).toEqual([
    "box",
    "open-it",
    "plain:one",
    "last.js",
    "last.js",
  ]);
  expect(await type(`box open-it --${tab}`)).toEqual(["box", "open-it", "--key"]);
  expect(await type(`box open-it --key=c${tab}`)).toEqual(["box", "open-it", "--key=c"]);
});

test("a shell that is none of these is wrong use", async () => {
  const result = await runCli(["completion", "fish"]);
  expect(result).toMatchObject({ code: 2, stdout: "" });
  expect(result.stderr).toContain("Allowed choices are bash, zsh.");
});
