/**
 * The etcd that agents of a test have unpacked is there for those of the next one on the same host: it takes
 * a core for a while each time, and the first test shows how it goes.
 *
 * @module
 */

import { existsSync } from "@std/fs";
import { shell } from "./program.ts";

const KEPT = "/var/lib/mgmt-unpacked";

/** Where an agent looks for it; `*`: each of them. */
function place(name: string): string {
  return `/var/lib/mgmt/hosts/${name}/cluster/etcd/bin`;
}

/** Gives the agent of that name what another has unpacked. */
export function shareUnpacked(name: string): void {
  if (!existsSync(KEPT) || existsSync(place(name))) return;
  Deno.mkdirSync(place(name), { recursive: true, mode: 0o700 });
  for (const { name: file } of Deno.readDirSync(KEPT)) {
    Deno.linkSync(`${KEPT}/${file}`, `${place(name)}/${file}`);
  }
}

/** Keeps what agents have unpacked, before all that is theirs is removed. */
export async function keepUnpacked(): Promise<void> {
  await shell(
    `[ -e ${KEPT} ] || { mkdir ${KEPT}; for f in ${place("*")}/etcd-*; do ln $f ${KEPT}; done; }`,
  );
}
