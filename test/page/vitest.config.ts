// Run by `npm run check:page`: these tests drive a Chromium, which `npm test` does not need.
import { fileURLToPath } from "node:url";
import type { ViteUserConfig } from "vitest/config";

const config: ViteUserConfig = {
  root: fileURLToPath(new URL("../..", import.meta.url)),
  test: {
    include: ["test/page/**/*.test.ts"],
    retry: 0,
    pool: "forks",
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
};

export default config;
