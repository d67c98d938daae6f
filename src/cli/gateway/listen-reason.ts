/** Why an address cannot be listened at, and what to do about it. */
export function listenReason(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  const known: Readonly<Record<string, string>> = {
    EADDRINUSE: "another program listens there; take another port, or 0 for any free one",
    EACCES: "the system does not allow it; ports from 1024 up are open to everyone",
    EADDRNOTAVAIL: "it is not an address of this machine",
    ENOTFOUND: "there is no host of this name",
  };
  return known[code ?? ""] ?? message;
}
