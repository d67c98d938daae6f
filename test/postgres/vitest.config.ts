// Run by `npm run check:postgres`: these tests start a PostgreSQL, which `npm test` does not need.
import { fileURLToPath } from "node:url";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = {
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["test/postgres/**/*.test.ts"],
    retry: 0,
    pool: "forks",
    testTimeout: 40_000,
    hookTimeout: 40_000,
  },
};

export default config;
