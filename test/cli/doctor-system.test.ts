import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, expect, test } from "vitest";
import type { CgroupPlaces } from "../../src/cli/doctor/cgroup.js";
import { checkSystem } from "../../src/cli/doctor/system-checks.js";
import { cgroupMemoryBytes, processors, threadRoom } from "../../src/cli/doctor/system-limits.js";
import { isInRange } from "../../src/cli/doctor/version-range.js";
import { Workspace } from "../support/cli.js";
import { named } from "../support/doctor.js";

const workspace = new Workspace();
afterAll(() => workspace[Symbol.dispose]());

let trees = 0;

/** Files as a system with cgroups has them: by path below where cgroups are mounted. */
function cgroups(membership: string, files: Readonly<Record<string, string>>): CgroupPlaces {
  trees += 1;
  const mount = join(workspace.path, `tree-${trees}`);
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(mount, path)), { recursive: true });
    writeFileSync(join(mount, path), `${content}\n`);
  }
  return { membership: workspace.file(`membership-${trees}`, `${membership}\n`), mount };
}

const mebibyte = 2 ** 20;

test("of nested cgroups of version 2 the tightest limit holds", () => {
  const places = cgroups("0::/outer/inner", {
    "outer/memory.max": String(512 * mebibyte),
    "outer/inner/memory.max": "max",
    "outer/cpu.max": "max 100000",
    "outer/inner/cpu.max": "50000 100000",
    "outer/pids.max": "100",
    "outer/pids.current": "40",
    "outer/inner/pids.max": "90",
    "outer/inner/pids.current": "10",
  });
  expect(cgroupMemoryBytes(places)).toBe(512 * mebibyte);
  expect(processors(places)).toBe(0.5);
  expect(threadRoom(places)).toEqual({ threads: 60, limit: "pids.max of the cgroup" });
});

test("cgroups of version 1 have a tree for each controller, and a number beyond all for no limit", () => {
  const places = cgroups("7:cpu,cpuacct:/box\n4:memory:/box\n3:pids:/box\n0::/", {
    "memory/memory.limit_in_bytes": "9223372036854771712",
    "memory/box/memory.limit_in_bytes": String(300 * mebibyte),
    "cpu/box/cpu.cfs_quota_us": "25000",
    "cpu/box/cpu.cfs_period_us": "100000",
    "pids/box/pids.max": "30",
    "pids/box/pids.current": "5",
  });
  expect(cgroupMemoryBytes(places)).toBe(300 * mebibyte);
  expect(processors(places)).toBe(0.25);
  expect(threadRoom(places)?.threads).toBe(25);
});

test("in a container that hides its own cgroup the outermost is read", () => {
  const places = cgroups("0::/host/only/path", { "memory.max": String(200 * mebibyte) });
  expect(cgroupMemoryBytes(places)).toBe(200 * mebibyte);
});

test("a system without cgroups has no limits by them", () => {
  const places = { membership: join(workspace.path, "none"), mount: workspace.path };
  expect(cgroupMemoryBytes(places)).toBe(Infinity);
  expect(checkSystem(places).map(({ name }) => name)).toEqual(["processors", "memory", "threads"]);
});

test("a cgroup that is too small for cells with the default limits is warned of", () => {
  const checks = checkSystem(
    cgroups("0::/", {
      "memory.max": String(100 * mebibyte),
      "cpu.max": "20000 100000",
      "pids.max": "50",
      "pids.current": "10",
    }),
  );
  expect(checks.map(({ status }) => status)).toEqual(["warning", "warning", "warning"]);
  expect(named(checks, "processors")?.finding).toMatch(/^0\.2 processors: /);
  expect(named(checks, "memory")?.finding).toMatch(/^100 MiB by the cgroup, which this Node/);
  expect(named(checks, "memory")?.remedy).toContain(`limits.rssBytes to ${75 * mebibyte}`);
  expect(named(checks, "threads")?.finding).toMatch(/^room for 40, by pids\.max .* the 512 cells/);
});

test.each([
  ["20.11.0", true],
  ["20.10.9", false],
  ["22.12.0", true],
  ["22.9.0", false],
  ["22.100.1", true],
  ["23.1.0", false],
  ["24.0.0", true],
  ["25.9.9", false],
  ["v26.1.0-nightly", true],
])("%s is in a range of carets: %s", (version, isIn) => {
  expect(isInRange(version, "^20.11.0 || ^22.12.0 || ^24.0.0 || ^26.0.0")).toBe(isIn);
});
