// One vitest that stays, in a process of its own which can be killed: for each message it runs tests and
// answers how they ended. The mutant that is on is in the environment of what it starts.
import path from "node:path";
import { createVitest } from "vitest/node";

/**
 * @typedef {object} TestRun
 * @property {Record<string, string>} environment
 * @property {readonly { file: string, ids?: string[] }[]} tests - In this order. Without `ids`: all of the file.
 * @property {number} testMs - A test that takes longer has failed.
 * @property {number} workers
 * @property {boolean} stopsAtFailure
 *
 * @typedef {object} TestRunEnd
 * @property {{ file: string, id: string, name: string, state: string, ms: number }[]} tests
 * @property {string} [failure] - The first test that failed, or the error outside of tests.
 */

const tree = process.cwd();
const vitest = await createVitest("test", {
  config: false,
  root: tree,
  include: ["test/*/**/*.test.ts"],
  pool: "forks",
  runner: path.join(tree, "test/mutants/try-mutants.mjs"),
  setupFiles: [path.join(tree, "test/mutants/record-tests.mjs")],
  watch: false,
  reporters: [{}],
  sequence: {
    sequencer: class {
      sort = (files) => files;
      shard = (files) => files;
    },
  },
});
await vitest.standalone?.();

process.on("message", async (/** @type {TestRun} */ asked) => {
  process.send?.(await runTests(asked));
});
// Whoever has started it is gone: nobody reads what it answers.
process.on("disconnect", () => process.kill(-process.pid, "SIGKILL"));
process.send?.("ready");

/**
 * @param {TestRun} asked
 * @returns {Promise<TestRunEnd>}
 */
async function runTests({ environment, tests, testMs, workers, stopsAtFailure }) {
  delete process.env.CODECELL_MUTANT_PLAN;
  Object.assign(process.env, environment);
  const project = vitest.getRootProject();
  for (const config of [vitest.config, project.config]) {
    config.testTimeout = testMs;
    config.hookTimeout = testMs;
    config.bail = stopsAtFailure ? 1 : 0;
    config.maxWorkers = workers;
  }
  const specifications = tests.map(({ file, ids }) =>
    project.createSpecification(path.join(tree, file), ids === undefined ? {} : { testIds: ids }),
  );
  // Vitest keeps errors of earlier runs, and tells of the modules of earlier runs too, as they ended then.
  vitest.state.clearErrors();
  const run = await vitest.runTestSpecifications(specifications);
  const asked = new Set(specifications.map(({ moduleId }) => moduleId));
  const testModules = run.testModules.filter(({ moduleId }) => asked.has(moduleId));
  const ended = testModules.flatMap((module) =>
    [...module.children.allTests()].map((test) => ({
      file: path.relative(tree, module.moduleId),
      id: test.id,
      name: test.fullName,
      state: test.result().state,
      ms: test.diagnostic()?.duration ?? 0,
    })),
  );
  const failure = failureOf(ended, testModules, run.unhandledErrors);
  return { tests: ended, ...(failure !== undefined && { failure }) };
}

function failureOf(tests, modules, errors) {
  const failed = tests.find(({ state }) => state === "failed");
  if (failed !== undefined) return `${failed.file}: ${failed.name}`;
  const broken = modules.find((module) => !module.ok());
  if (broken !== undefined) return `${path.relative(tree, broken.moduleId)}: outside of its tests`;
  return errors.length > 0 ? `an error outside of tests: ${String(errors[0])}` : undefined;
}
