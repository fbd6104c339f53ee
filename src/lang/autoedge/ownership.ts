/**
 * Which paths and units are a package's. What an installed package owns is known and handed in; of
 * others, and for what an installed one does not ship but expects, there is a convention.
 *
 * @module
 */

import { parentOf } from "../../base/parent.ts";
import { type Tied, valueOf } from "./gather.ts";
import { Nearest } from "./nearest.ts";
import { packagedPathsOf } from "./units.ts";

/** What must be known of the host. */
export interface OwnerQuestion {
  readonly packages: ReadonlySet<string>;
  readonly paths: ReadonlySet<string>;
}

/** Those of the paths asked for that an installed package owns, by package. */
export type OwnedPaths = ReadonlyMap<string, readonly string[]>;

/** What a package X is taken to own, with all that is below it. */
const TREES = ["/etc/X", "/etc/X.d", "/usr/share/X", "/var/lib/X", "/var/cache/X", "/var/log/X"];
const ENTRIES = ["/etc/X.conf", "/etc/default/X", "/etc/sysconfig/X", "/etc/logrotate.d/X"];
const UNITS = ["X.service", "X.socket", "X.timer"];

/** Directories that many packages put something into are nobody's, also where lists name them. */
const SHARED = new Set(
  `/ /bin /boot /dev /etc /home /lib /lib64 /media /mnt /opt /proc /root /run /sbin /srv /sys /tmp
  /usr /usr/games /usr/include /usr/libexec /usr/local /usr/share /usr/src /var /var/cache /var/lib
  /var/log /var/mail /var/spool /var/tmp /var/www /etc/default /etc/sysconfig /etc/skel /etc/ssl
  /etc/ssl/certs /etc/ssl/private /etc/opt /etc/xdg /etc/X11 /etc/apparmor.d/local
  /etc/dbus-1 /etc/dbus-1/system.d /etc/dbus-1/session.d /etc/apt/apt.conf.d
  /etc/apt/sources.list.d /etc/apt/preferences.d /etc/apt/trusted.gpg.d /etc/network/if-up.d
  /etc/network/if-down.d /etc/systemd /lib/systemd /usr/share/doc /usr/share/man
  /usr/share/applications /usr/share/bash-completion /usr/share/locale /usr/share/keyrings`
    .split(/\s+/),
);
const SHARED_BY_NAME = /^\/etc\/[^/]+\.d$|^\/(etc|lib)\/systemd\//;

/** What has to be known of the host before edges can be found; no packages: nothing. */
export function questionOf(tied: readonly Tied[]): OwnerQuestion {
  const packages = new Set<string>();
  for (const { provides } of tied) {
    for (const each of provides) if (each.startsWith("package:")) packages.add(valueOf(each));
  }
  const paths = new Set<string>();
  if (packages.size === 0) return { packages, paths };
  for (const { needs } of tied) {
    for (const need of needs) {
      if (need.startsWith("package-of:")) addWithParents(valueOf(need), paths);
      else if (need.startsWith("unit:")) {
        for (const path of packagedPathsOf(valueOf(need))) paths.add(path);
      }
    }
  }
  return { packages, paths };
}

function addWithParents(path: string, paths: Set<string>): void {
  for (let at = path; !paths.has(at) && at !== "/"; at = parentOf(at)) {
    paths.add(at);
    const merged = withoutUsr(at);
    if (merged !== at) paths.add(merged);
    else if (MERGED.test(at)) paths.add(`/usr${at}`);
  }
}

/** Where /lib is a link to /usr/lib, lists have the one or the other. */
const MERGED = /^\/(?:bin|lib|lib64|sbin)\//;

function withoutUsr(path: string): string {
  const rest = path.startsWith("/usr/") ? path.slice("/usr".length) : path;
  return MERGED.test(rest) ? rest : path;
}

/** Resources of packages, by what the packages own. */
export class Ownership {
  readonly #trees = new Map<string, Tied[]>();
  readonly #entries = new Map<string, Tied[]>();
  readonly #units = new Map<string, Tied[]>();
  readonly #known = new Map<string, Tied[]>();
  readonly #nearestTree = new Nearest((path) => this.#trees.get(path));
  readonly #nearestKnown = new Nearest((path) => isShared(path) ? undefined : this.#knownAt(path));

  constructor(tied: readonly Tied[], owned: OwnedPaths) {
    for (const each of tied) {
      for (const tie of each.provides) {
        if (tie.startsWith("package:")) this.#add(valueOf(tie), each, owned);
      }
    }
  }

  #add(name: string, tied: Tied, owned: OwnedPaths): void {
    // As in `libc6:i386`.
    const [plain = name] = name.split(":", 1);
    const fill = (into: Map<string, Tied[]>, patterns: readonly string[]) => {
      for (const pattern of patterns) append(into, pattern.replace("X", () => plain), tied);
    };
    fill(this.#trees, TREES);
    fill(this.#entries, ENTRIES);
    fill(this.#units, UNITS);
    for (const path of owned.get(name) ?? []) append(this.#known, withoutUsr(path), tied);
  }

  #knownAt(path: string): Tied[] | undefined {
    return this.#known.get(withoutUsr(path));
  }

  /** Calls `found` with the resource of each package that owns the path. */
  ofPath(path: string, found: (tied: Tied) => void): void {
    this.#entries.get(path)?.forEach(found);
    this.#nearestTree.from(path)?.found.forEach(found);
    this.#nearestKnown.from(path)?.found.forEach(found);
  }

  /** Calls `found` with the resource of each package that a unit comes with. */
  ofUnit(unit: string, found: (tied: Tied) => void): void {
    this.#units.get(unit)?.forEach(found);
    for (const path of packagedPathsOf(unit)) this.#knownAt(path)?.forEach(found);
  }
}

function isShared(path: string): boolean {
  const plain = withoutUsr(path);
  return SHARED.has(plain) || SHARED_BY_NAME.test(plain);
}

function append(lists: Map<string, Tied[]>, key: string, item: Tied): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
