/**
 * Replaces an older executable by dist/mgmt on three hosts, one after the other, as root:
 * `scripts/deno run -A scripts/replace_older.ts OLDER`. Each host writes a number five times a second, and
 * nothing is cut off: the longest wait of each host for a number of another is what is printed.
 *
 * @module
 */

import { resolve } from "node:path";
import { replacedHosts, Replacement } from "../tests/support/replacement.ts";

const WARNS = "the cluster's traffic is plain text";

const [older] = Deno.args;
if (older === undefined) {
  console.error("scripts/replace_older.ts OLDER: the executable that is replaced");
  Deno.exit(1);
}
await using hosts = await Replacement.start({ executable: resolve(older) });
for (const host of replacedHosts()) {
  await hosts.replace(host, {});
  const warning = hosts.said(host).split("\n").find((line) => line.includes(WARNS));
  if (warning === undefined) throw new Error(`${host} does not warn:\n${hosts.said(host)}`);
  console.log(`${host} is replaced: ${warning}`);
}
for (const [host, gap] of hosts.gaps) {
  console.log(`${host} waited ${Math.round(gap)} ms at most for a number of another host`);
}
