/** What one look at the install has found. */
export interface Check {
  /** The same in every run, but for the servers' names: programs look for it. */
  readonly name: string;
  readonly status: "ok" | "warning" | "problem";
  /** One line. */
  readonly finding: string;
  /** One line about what to do; of each warning and each problem. */
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
