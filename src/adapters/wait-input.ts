/** The input of wait, as far as approvals depend on it; undefined if it names no cell. */
export function readWaitInput(
  input: unknown,
): { readonly cellId: string; readonly terminates: boolean } | undefined {
  if (typeof input !== "object" || input === null || !("cell_id" in input)) return undefined;
  const { cell_id: cellId, terminate } = input as Readonly<Record<string, unknown>>;
  return typeof cellId === "string" ? { cellId, terminates: terminate === true } : undefined;
}
