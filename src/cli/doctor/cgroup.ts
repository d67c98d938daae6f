import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** A kind of thing that cgroups limit, with a tree of its own in version 1. */
export type Controller = "cpu" | "memory" | "pids";

/** Where the system tells of cgroups. */
export interface CgroupPlaces {
  readonly membership: string;
  readonly mount: string;
}

const systemPlaces: CgroupPlaces = { membership: "/proc/self/cgroup", mount: "/sys/fs/cgroup" };

/**
 * The folders of the cgroups whose limits hold for this process: its own and all around it. Inside a
 * container the own one may be out of sight, and the container's is the outermost.
 */
export function cgroupFolders(
  controller: Controller,
  places: CgroupPlaces = systemPlaces,
): readonly string[] {
  const memberships = (readText(places.membership) ?? "").trim().split("\n");
  return memberships.flatMap((line) => {
    const [, id, names = "", path = "/"] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    // Version 2 has one tree; beside version 1 it is mounted with limits of its own, or none.
    const tree = id === "0" && names === "" ? "" : controller;
    if (id === undefined || (tree !== "" && !names.split(",").includes(controller))) return [];
    const root = join(places.mount, tree);
    return upwards(path)
      .map((folder) => join(root, folder))
      .filter((folder) => existsSync(folder));
  });
}

/** The numbers of a cgroup's file; undefined where there is no such file. "max" is Infinity. */
export function readNumbers(folder: string, file: string): readonly number[] | undefined {
  return readText(join(folder, file))
    ?.trim()
    .split(" ")
    .map((word) => (word === "max" ? Number.POSITIVE_INFINITY : Number(word)));
}

function upwards(path: string): readonly string[] {
  return path === "/" || path === "." ? ["/"] : [path, ...upwards(dirname(path))];
}

function readText(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    // No such controller, or no such system.
    return undefined;
  }
}
