/**
 * The kinds, all at once, and their types. A new one is one import and one line here, and one in `on_demand.ts`.
 *
 * @module
 */

import type { AnyKind, Kind } from "../kind/kind.ts";
import type { MetaFields } from "../kind/meta.ts";
import archive from "./archive/kind.ts";
import authorized_key from "./authorized_key/kind.ts";
import cron from "./cron/kind.ts";
import download from "./download/kind.ts";
import exec from "./exec/kind.ts";
import file from "./file/kind.ts";
import git from "./git/kind.ts";
import group from "./group/kind.ts";
import hostname from "./hostname/kind.ts";
import hosts from "./hosts/kind.ts";
import ini from "./ini/kind.ts";
import json from "./json/kind.ts";
import known_host from "./known_host/kind.ts";
import line from "./line/kind.ts";
import mount from "./mount/kind.ts";
import msg from "./msg/kind.ts";
import noop from "./noop/kind.ts";
import pkg from "./pkg/kind.ts";
import probe from "./probe/kind.ts";
import sudoers from "./sudoers/kind.ts";
import svc from "./svc/kind.ts";
import sysctl from "./sysctl/kind.ts";
import timer from "./timer/kind.ts";
import timezone from "./timezone/kind.ts";
import toml from "./toml/kind.ts";
import user from "./user/kind.ts";
import value from "./value/kind.ts";
import yaml from "./yaml/kind.ts";

/** The kinds with their types, in the order of the reference. */
export const KINDS = {
  file,
  line,
  ini,
  json,
  yaml,
  toml,
  download,
  archive,
  git,
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
  authorized_key,
  known_host,
  sudoers,
  hostname,
  hosts,
  timezone,
  sysctl,
  value,
} as const;

/** The kinds by name. */
export const registry: ReadonlyMap<string, AnyKind> = new Map(Object.entries<AnyKind>(KINDS));

/** The names of the kinds. */
export type KindName = keyof typeof KINDS;

/** What a graph file says of one resource of a kind, besides its name and `meta`. */
export type KindFields<Name extends KindName> = (typeof KINDS)[Name] extends // deno-lint-ignore no-explicit-any -- of a kind only its fields count here
Kind<infer Fields, any, any, any> ? Fields
  : never;

/** What the functions of a kind get. */
export type KindParams<Name extends KindName> = (typeof KINDS)[Name] extends // deno-lint-ignore no-explicit-any -- of a kind only its parameters count here
Kind<any, infer Params, any, any> ? Params
  : never;

/** One entry of a kind's list in a graph file. */
export type ResourceFields<Name extends KindName> =
  & { readonly name: string; readonly meta?: MetaFields }
  & KindFields<Name>;
