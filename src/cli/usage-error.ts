/** The command was used wrongly: the process exits with 2. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
