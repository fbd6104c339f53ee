/**
 * The kinds. A new one is one import and one line here.
 *
 * @module
 */

import type { AnyKind, Registry } from "../kind/kind.ts";
import cron from "./cron.ts";
import exec from "./exec.ts";
import file from "./file.ts";
import group from "./group.ts";
import hostname from "./hostname.ts";
import line from "./line.ts";
import mount from "./mount.ts";
import msg from "./msg.ts";
import noop from "./noop.ts";
import pkg from "./pkg.ts";
import probe from "./probe.ts";
import svc from "./svc.ts";
import sysctl from "./sysctl.ts";
import timer from "./timer.ts";
import user from "./user.ts";

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
