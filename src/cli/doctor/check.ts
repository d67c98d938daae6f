/** What one look at the install has found. */
export interface Check {
  /** The same in every run, but for the servers' names: programs look for it. */
  readonly name: string;
  /** "unknown": the check could not run. */
  readonly status: "ok" | "warning" | "problem" | "unknown";
  /** One line. */
  readonly finding: string;
  /** One line about what to do; of every check that is not ok. */
  readonly remedy?: string;
}

export function ok(name: string, finding: string): Check {
  return { name, status: "ok", finding };
}

/** Something that works, though not as one expects. */
export function warning(name: string, finding: string, remedy: string): Check {
  return { name, status: "warning", finding, remedy };
}

/** Something that does not work. */
export function problem(name: string, finding: string, remedy: string): Check {
  return { name, status: "problem", finding, remedy };
}

const mendFirst = "Mend the problem above, and run codecell doctor again.";

/** Something that could not be looked at. */
export function notRun(name: string, finding: string, remedy: string = mendFirst): Check {
  return { name, status: "unknown", finding, remedy };
}
