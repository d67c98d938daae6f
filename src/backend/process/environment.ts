/** What decides the languages and the time zone of cells, and what the dynamic loader needs. */
const passedVariables = ["TZ", "LANG", "LC_ALL", "LC_MESSAGES", "LD_LIBRARY_PATH"];

/** What a process for cells gets of this one's environment: nothing but these, and the `others` that are named. */
export function passedEnvironment(others: readonly string[] = []): NodeJS.ProcessEnv {
  const passed: NodeJS.ProcessEnv = {};
  for (const name of [...passedVariables, ...others]) {
    const value = process.env[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}
