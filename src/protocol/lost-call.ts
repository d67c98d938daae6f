/** What happens to a call whose outcome is not known because the program that ran its tool has ended. */
export type LostCallPolicy = "retry" | "fail";

/** What a cell is told of such a call. */
export function lostCallMessage(tool: string): string {
  return (
    `It is not known whether this call of ${tool} took effect: the program that ran it was stopped before the ` +
    "call had ended. It was not repeated. Find out what has happened before you call it again."
  );
}
