/** What a run was told of an etcd that others run, by its flags and by etcdctl's names for them. */

import { resolve } from "node:path";
import type { OutsidePaths } from "../../os/network/tls/outside_files.ts";
import type { FlagSources, FlagValues } from "../flags.ts";
import { OUTSIDE_FLAGS } from "../trust_flags.ts";

/** What a run was told. */
export interface OutsideWish extends OutsidePaths {
  /** The first flag that said so, as people write it; undefined: only the environment did. */
  readonly flag?: string;
  /** The addresses that etcdctl is told. */
  readonly endpoints?: string | undefined;
}

/** Reads that; undefined: it was told nothing of one. */
export function outsideWish(values: FlagValues, written: FlagSources): OutsideWish | undefined {
  const given = Object.entries(OUTSIDE_FLAGS).filter(([, flag]) => values.has(flag));
  if (given.length === 0) return undefined;
  const said = given.find(([, { name }]) => written.flags.has(name))?.[1];
  return {
    ...Object.fromEntries(given.map(([key, flag]) => [key, resolve(values.of(flag) ?? "")])),
    ...(said === undefined ? {} : { flag: `--${said.name}` }),
    endpoints: written.environment?.("ETCDCTL_ENDPOINTS"),
  };
}
