/**
 * The kinds as a run has them: by name, each loaded when a graph first speaks of it. So that what a kind brings along
 * costs nobody else a start.
 *
 * @module
 */

import type { AnyKind, Registry } from "../kind/kind.ts";
import type { KindName } from "./registry.ts";

/** A new kind is one line here, too; the order is that of the reference. */
const LOADERS: Readonly<Record<KindName, () => Promise<{ readonly default: AnyKind }>>> = {
  file: () => import("./file/kind.ts"),
  line: () => import("./line/kind.ts"),
  ini: () => import("./ini/kind.ts"),
  json: () => import("./json/kind.ts"),
  yaml: () => import("./yaml/kind.ts"),
  toml: () => import("./toml/kind.ts"),
  download: () => import("./download/kind.ts"),
  archive: () => import("./archive/kind.ts"),
  git: () => import("./git/kind.ts"),
  exec: () => import("./exec/kind.ts"),
  timer: () => import("./timer/kind.ts"),
  noop: () => import("./noop/kind.ts"),
  probe: () => import("./probe/kind.ts"),
  msg: () => import("./msg/kind.ts"),
  mount: () => import("./mount/kind.ts"),
  cron: () => import("./cron/kind.ts"),
  svc: () => import("./svc/kind.ts"),
  pkg: () => import("./pkg/kind.ts"),
  user: () => import("./user/kind.ts"),
  group: () => import("./group/kind.ts"),
  authorized_key: () => import("./authorized_key/kind.ts"),
  known_host: () => import("./known_host/kind.ts"),
  sudoers: () => import("./sudoers/kind.ts"),
  hostname: () => import("./hostname/kind.ts"),
  hosts: () => import("./hosts/kind.ts"),
  timezone: () => import("./timezone/kind.ts"),
  sysctl: () => import("./sysctl/kind.ts"),
  value: () => import("./value/kind.ts"),
};

/** Kinds of which those that were asked for are loaded. */
class KindsOnDemand implements Registry {
  readonly #loaded = new Map<string, AnyKind>();

  keys(): Iterable<string> {
    return Object.keys(LOADERS);
  }

  has(name: string): name is KindName {
    return Object.hasOwn(LOADERS, name);
  }

  get(name: string): AnyKind | undefined {
    const kind = this.#loaded.get(name);
    if (kind === undefined && this.has(name)) throw new Error(`the kind ${name} is not loaded`);
    return kind;
  }

  async load(names: Iterable<string>): Promise<void> {
    const wanted = [...names].filter((name) => this.has(name) && !this.#loaded.has(name));
    await Promise.all(wanted.map(async (name) => {
      if (this.has(name)) this.#loaded.set(name, (await LOADERS[name]()).default);
    }));
  }
}

/** The kinds of this program. Before a graph's passes ask for a kind, they load it. */
export const kindsOnDemand: Registry = new KindsOnDemand();
