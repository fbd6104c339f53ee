/**
 * What tests of mounts share: a directory to mount on, and a /etc/fstab of their own.
 *
 * @module
 */

import { assert } from "@std/assert";
import { inDirectory, mgmt, shell } from "./program.ts";

/** What is mounted when a host starts. */
export const FSTAB = "/etc/fstab";

/** What the kernel says of the mount on a directory; empty: nothing is mounted there. */
export function mounted(path: string): string {
  const lines = Deno.readTextFileSync("/proc/self/mountinfo").split("\n");
  return lines.findLast((line) => line.split(" ")[4] === path) ?? "";
}

/** A graph with one mount on /srv/it, whose directory is there. */
export function graphOf(fields: string): string {
  return `graph: mounts\nresources:\n  mount:\n  - name: /srv/it\n    ${
    fields.replaceAll("; ", "\n    ")
  }\n`;
}

/** Fields of a file system in memory. */
export const SCRATCH = "device: tmpfs; type: tmpfs; options: size=4m,nosuid";

/** Runs a test with nothing mounted on /srv/it and a /etc/fstab of its own; cleans up afterwards. */
export async function fresh(test: () => Promise<void>): Promise<void> {
  const before = await Deno.readTextFile(FSTAB);
  await Deno.mkdir("/srv/it", { recursive: true });
  try {
    await test();
  } finally {
    await shell("while umount -l /srv/it; do :; done; rm -rf /srv/it");
    await shell("umount -l /run/mgmt-mounts/*/*; rm -rf /run/mgmt-mounts");
    await Deno.writeTextFile(FSTAB, before);
    await shell("systemctl daemon-reload");
  }
}

/** One run over a graph. */
export async function once(graph: string, ...flags: string[]) {
  let ended: Awaited<ReturnType<typeof mgmt>> | undefined;
  await inDirectory(async (directory) => {
    const file = `${directory}/graph.yaml`;
    await Deno.writeTextFile(file, graph);
    ended = await mgmt(["run", file, "-t", "0", "--prefix", `${directory}/prefix`, ...flags]);
  });
  assert(ended !== undefined);
  return ended;
}

/** The lines of what was applied. */
export const applied = ({ stderr }: { stderr: string }) =>
  stderr.match(/Mount\[[^\]]*\]: Apply: .*/g) ?? [];
