import { userInfo } from "node:os";

/** None where the system has no name for the user, as in some containers. */
export function userName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}
