/**
 * The kinds. A new one is one import and one line here.
 *
 * @module
 */

import type { AnyKind, Registry } from "../kind/kind.ts";
import cron from "./cron/kind.ts";
import exec from "./exec/kind.ts";
import file from "./file/kind.ts";
import group from "./group/kind.ts";
import hostname from "./hostname/kind.ts";
import line from "./line/kind.ts";
import mount from "./mount/kind.ts";
import msg from "./msg/kind.ts";
import noop from "./noop/kind.ts";
import pkg from "./pkg/kind.ts";
import probe from "./probe/kind.ts";
import svc from "./svc/kind.ts";
import sysctl from "./sysctl/kind.ts";
import timer from "./timer/kind.ts";
import user from "./user/kind.ts";

const KINDS: readonly AnyKind[] = [
  file,
  line,
  exec,
  timer,
  noop,
  probe,
  msg,
  mount,
  cron,
  svc,
  pkg,
  user,
  group,
  hostname,
  sysctl,
];

/** The kinds by name. */
export const registry: Registry = new Map(KINDS.map((kind) => [kind.kind, kind]));
