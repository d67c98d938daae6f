/** The warnings of this process while something runs, as "code: message". */
export async function warningsOf(run: () => Promise<void>): Promise<readonly string[]> {
  const warnings: string[] = [];
  const listen = (warning: Error & { readonly code?: string }): void => {
    if (warning.name === "CodecellWarning") warnings.push(`${warning.code}: ${warning.message}`);
  };
  process.on("warning", listen);
  try {
    await run();
    // Warnings are told in the next turn.
    await new Promise((resolve) => setImmediate(resolve));
  } finally {
    process.off("warning", listen);
  }
  return warnings;
}
