import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { versions } from "./versions.mjs";

const folder = fileURLToPath(new URL(".", import.meta.url));
const isNewNode = Number(process.versions.node.split(".")[0]) >= 22;

export default defineConfig({
  root: folder,
  test: {
    retry: 0,
    projects: versions
      .filter((version) => isNewNode || version.isNewNode !== true)
      .map(({ name, tests, packages, folder: own = ".", env = {} }) => ({
        resolve: {
          alias: [
            ...Object.entries(packages).map(([imported, installed]) => ({
              find: new RegExp(`^${imported}(?=$|/)`),
              replacement: join(folder, own, "node_modules", installed),
            })),
            { find: /^codecell$/, replacement: join(folder, "../../src/index.ts") },
          ],
        },
        test: {
          name,
          env,
          include: [`${tests}/*.test.ts`],
          pool: "forks" as const,
          testTimeout: 40_000,
        },
      })),
  },
});
