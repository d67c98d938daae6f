/** The address cannot be listened at. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}
