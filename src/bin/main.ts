#!/usr/bin/env node
// The command `codecell`. It is small, since every install has it: `build` is here, and what else there is comes
// with the package of the commands, or lies beside this file in a checkout.
import { existsSync } from "node:fs";
import nodeModule from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { addonSupport } from "../backend/addon/support.js";
import { ownFile } from "../base/own-file.js";
import { packageRoot } from "../base/package-root.js";
import { packageVersion } from "../base/package-version.js";
import { buildCommand } from "../build/build-command.js";

const [command, ...args] = process.argv.slice(2);
const cli = command === "build" ? undefined : findCli();
if (command === "build") process.exitCode = buildCommand(args);
else if (cli !== undefined) await import(pathToFileURL(cli).href);
else process.exitCode = withoutCli();

/** The file of the commands: of a checkout, or of the package that has them. */
function findCli(): string | undefined {
  const own = join(packageRoot, "dist", "cli", "main.js");
  if (existsSync(own)) return own;
  for (const place of [ownFile, join(process.cwd(), "package.json")]) {
    try {
      return nodeModule.createRequire(place).resolve("@codecell/cli/dist/cli/main.js");
    } catch {
      // Not from here.
    }
  }
  return undefined;
}

/** What can be said without the commands. Returns the exit code. */
function withoutCli(): number {
  if (command === "--version" || command === "-V") {
    process.stdout.write(`${packageVersion()}\n`);
    return 0;
  }
  const rest = process.argv.slice(2).join(" ");
  const advice = `The commands are a package of their own: run \`npx @codecell/cli ${rest || "--help"}\`, or \`npm install @codecell/cli\` first.`;
  if (command !== "doctor") {
    process.stderr.write(
      `codecell: ${advice}\nWithout it there is: codecell build, codecell doctor.\n`,
    );
    return 2;
  }
  const here = addonSupport();
  if (here.supported) process.stdout.write(`The native addon is there: ${here.addon}\n`);
  else process.stderr.write(`${here.error.message}\n`);
  process.stderr.write(`Nothing was run. ${advice}\n`);
  // Not everything was looked at.
  return 1;
}
