/** What a user may name a store by, for the help of options. */
export const storeHelp = "a file, or postgres://user@host/database";

/** Whether a name of a store is none of a file. */
export function isPostgresUrl(name: string): boolean {
  return /^postgres(ql)?:\/\//.test(name);
}

/** A name of a store as it is shown: without a password. */
export function shownStore(name: string): string {
  return isPostgresUrl(name) ? name.replace(/(\/\/[^/@:]*):[^/]*@/, "$1@") : name;
}
