// The corpus for a test: what there is, and how one of it ends.
import { attackNamed, attacksByGroup } from "./attacks/index.mjs";
import { runAttack } from "./runner.mjs";

export function listAttacks() {
  return Object.entries(attacksByGroup).flatMap(([group, attacks]) =>
    attacks.map(({ name, what }) => ({ group, name, what })),
  );
}

/** @param {string} name */
export async function findWrongs(name) {
  const major = process.versions.node.split(".")[0] ?? "";
  const { wrong } = await runAttack("", attackNamed(name), { major });
  return wrong;
}
