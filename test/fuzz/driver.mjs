// Hands one target to libFuzzer; scripts/fuzz.mjs starts it, with the sanitizer's runtime preloaded.
//
//   node test/fuzz/driver.mjs ADDON TARGET [LIBFUZZER ARGUMENT...]
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import vm from "node:vm";
import { hostileScript } from "./hostile-script.mjs";
import { targetsInJavaScript } from "./targets.mjs";

const [addonFile = "", target = "", ...args] = process.argv.slice(2);
const addon = createRequire(import.meta.url)(addonFile);
addon.setWebFolder(fileURLToPath(new URL("../../dist/web", import.meta.url)));
const script = hostileScript();

const targets = targetsInJavaScript(addon, vm.runInThisContext(script));
process.exitCode = addon.run(target, args, targets[target] ?? script);
