/**
 * Which files a host shows to an etcd that others run, kept below its prefix for later starts and for
 * commands. Never what is in them.
 *
 * @module
 */

import { parseJson } from "../../base/json.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import type { OutsidePaths } from "../../os/network/tls/outside_files.ts";
import { OUTSIDE } from "./disk.ts";

const KEYS = ["cacert", "cert", "key", "userFile"] as const;

/** Which files a prefix was given; undefined: its host was told of no such etcd. */
export function keptPaths(prefix: string): OutsidePaths | undefined {
  const text = stateDirectory(`${prefix}/cluster/state`).read(OUTSIDE);
  if (text === undefined) return undefined;
  const value = Object(parseJson(text)) as Record<string, unknown>;
  const paths = KEYS.flatMap((key) => {
    const path = value[key];
    return typeof path === "string" && path.startsWith("/") ? [[key, path]] : [];
  });
  return Object.fromEntries(paths) as OutsidePaths;
}

/** What a prefix keeps of them. */
export function pathsText(paths: OutsidePaths): string {
  return JSON.stringify(Object.fromEntries(KEYS.map((key) => [key, paths[key]])));
}
