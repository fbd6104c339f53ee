/**
 * What etcd may do: as root it runs without root's capabilities.
 *
 * @module
 */

import * as fs from "node:fs";
import { dirname } from "node:path";
import { readAddress } from "../../base/address.ts";

const SETPRIV = "/usr/bin/setpriv";

/** The first port that everybody may listen at. */
const FREE_PORTS_FROM = 1024;

/** What stands before etcd's command line, so that it begins with no more rights than its flags need. */
export function lessRights(flags: readonly string[]): readonly string[] {
  if (!fs.existsSync(SETPRIV)) return [];
  if (Deno.uid() !== 0) return [SETPRIV, "--no-new-privs", "--"];
  const kept = [
    ...(flags.some(listensLow) ? ["+net_bind_service"] : []),
    ...(flags.some(isBehindOthers) ? ["+dac_override"] : []),
  ];
  const set = ["-all", ...kept].join(",");
  return [SETPRIV, "--no-new-privs", `--bounding-set=${set}`, "--inh-caps=-all", "--"];
}

function listensLow(flag: string): boolean {
  const [, urls = ""] = /^--listen-[a-z]+-urls=(.*)$/.exec(flag) ?? [];
  return urls.split(",").some((url) => (readAddress(url)?.port ?? Infinity) < FREE_PORTS_FROM);
}

/** Whether its data are below a directory that root may not enter by its user and group alone. */
function isBehindOthers(flag: string): boolean {
  const [, data] = /^--data-dir=(.*)$/.exec(flag) ?? [];
  if (data === undefined) return false;
  for (let directory = data; directory !== dirname(directory); directory = dirname(directory)) {
    const stat = fs.statSync(directory, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    const mayEnter = stat.uid === 0 ? 0o100 : stat.gid === 0 ? 0o010 : 0o001;
    if ((stat.mode & mayEnter) === 0) return true;
  }
  return false;
}
