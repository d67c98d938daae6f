/** What is tried, in this order; what follows a failed step would fail with it. */
export const trialSteps = ["addon", "cell", "termination", "TypeScript"] as const;

export type TrialStep = (typeof trialSteps)[number];

/** What the process that tries says after each step. */
export type TrialMessage =
  | { readonly step: TrialStep; readonly finding: string }
  | { readonly step: TrialStep; readonly failure: string };
