/** Why an addon was not built, in words for who asked for it. */
export class BuildError extends Error {
  override readonly name = "BuildError";
}
