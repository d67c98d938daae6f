// Packs every package that this machine has the files for, and prints how large each is.
//
//   node scripts/pack-all.mjs --out DIR     needs dist/ and prebuilds/: `npm run build:prebuilds` first
import path from "node:path";
import { parseArgs } from "node:util";
import { main, ScriptFailure } from "./lib/command.mjs";
import { kilobytes } from "./lib/kilobytes.mjs";
import { missingPlatforms, packAll } from "./lib/packages.mjs";

const { values } = parseArgs({ options: { out: { type: "string" } } });

await main(() => {
  if (values.out === undefined) throw new ScriptFailure("say where to: --out DIR");
  for (const { name, tarball, size, unpackedSize, files } of packAll(path.resolve(values.out))) {
    const sizes = `${kilobytes(unpackedSize)}, packed ${kilobytes(size)}`;
    console.log(`${name}: ${files.length} files, ${sizes}: ${tarball}`);
  }
  const missing = missingPlatforms();
  if (missing.length > 0) {
    console.log(`not built on this machine, so not packed: ${missing.join("; ")}`);
  }
});
