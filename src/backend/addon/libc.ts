import { builtin } from "../../base/builtin.js";

/** Whether this is a Linux with musl instead of glibc, as Alpine is. */
export function isMusl(): boolean {
  if (process.platform !== "linux") return false;
  try {
    return builtin("node:fs").readFileSync("/usr/bin/ldd", "utf8").includes("musl");
  } catch {
    // No `ldd` in a slim image: the report asks the running process, and is slower.
    return !("glibcVersionRuntime" in reportHeader());
  }
}

function reportHeader(): object {
  const report: { readonly header?: object } = process.report.getReport();
  return report.header ?? {};
}
