import { chooseSource } from "../../src/backend/process/choose-source.js";

/** Every kind of processes for cells that there is here. */
export const processHosts: readonly ("process" | "zygote")[] = (
  ["process", "zygote"] as const
).filter(
  (processHost) => chooseSource({ processHost, sandbox: "best-effort" }).source !== undefined,
);
