/**
 * Which paths and units are a package's. What an installed package owns is known and handed in; of
 * others, and for what an installed one does not ship but expects, there is a convention.
 *
 * @module
 */

import { parentOf } from "../../base/parent.ts";
import { type Gathered, type PathNeed, type RelationPlace, type Tied, valueOf } from "./gather.ts";
import { append } from "./lists.ts";
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
export function questionOf({ tied, needs }: Gathered): OwnerQuestion {
  const packages = new Set<string>();
  for (const { provides } of tied) {
    for (const tie of provides) if (tie.startsWith("package:")) packages.add(valueOf(tie));
  }
  const paths = new Set<string>();
  if (packages.size === 0) return { packages, paths };
  /** What is in these is their owner's, and no entry of them need be asked for. */
  const complete = new Set<RelationPlace>();
  for (const { value, place } of needs["package-of"]) {
    if (complete.has(place)) continue;
    if (!isShared(place.directory)) complete.add(place);
    addWithParents(value, paths);
  }
  for (const { value } of needs.unit) {
    for (const path of packagedPathsOf(value)) paths.add(path);
  }
  return { packages, paths };
}

function addWithParents(entry: string, paths: Set<string>): void {
  for (let at = entry; at !== "/" && !paths.has(at); at = parentOf(at)) {
    paths.add(at);
    if (MERGED.test(at)) paths.add(at.startsWith("/usr/") ? withoutUsr(at) : `/usr${at}`);
  }
}

/** Where /lib is a link to /usr/lib, lists have the one or the other. */
const MERGED = /^(?:\/usr)?\/(?:bin|lib|lib64|sbin)(?:\/|$)/;

function withoutUsr(path: string): string {
  return path.startsWith("/usr/") && MERGED.test(path) ? path.slice("/usr".length) : path;
}

/** Who owns what is in a directory; shared: what is in it may be somebody else's, too. */
interface OwnedDirectory {
  readonly owners: readonly Tied[];
  readonly shared: boolean;
}

/** Resources of packages, by what the packages own. */
export class Ownership {
  readonly #trees = new Map<string, Tied[]>();
  readonly #entries = new Map<string, Tied[]>();
  readonly #units = new Map<string, Tied[]>();
  readonly #known = new Map<string, readonly Tied[]>();
  readonly #nearestTree = new Nearest((path) => this.#trees.get(path));
  readonly #nearestKnown = new Nearest((path) => this.#knownAt(path));
  /** By the numbers of the places. */
  readonly #directories: (OwnedDirectory | undefined)[];

  constructor({ tied, places }: Gathered, owned: OwnedPaths) {
    this.#directories = new Array(places.length);
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
    fill(this.#entries, [...TREES, ...ENTRIES]);
    fill(this.#units, UNITS);
    // One list for the many paths that are only this one's.
    const alone: readonly Tied[] = [tied];
    for (const path of owned.get(name) ?? []) {
      const plain = withoutUsr(path);
      const others = this.#known.get(plain);
      this.#known.set(plain, others === undefined ? alone : [...others, tied]);
    }
  }

  #knownAt(path: string): readonly Tied[] | undefined {
    const known = this.#known.get(withoutUsr(path));
    return known === undefined || isShared(path) ? undefined : known;
  }

  /** The resources of the packages that own a path. */
  ofPath({ value: path, place: { number, directory } }: PathNeed): readonly Tied[] {
    if (path === "/") return [];
    const known = this.#directories[number] ??= this.#look(directory);
    if (!known.shared) return known.owners;
    return [...known.owners, ...this.#entries.get(path) ?? [], ...this.#knownAt(path) ?? []];
  }

  #look(directory: string): OwnedDirectory {
    const owners = new Set(this.#nearestTree.from(directory)?.found);
    this.#nearestKnown.from(directory)?.found.forEach((owner) => owners.add(owner));
    return { owners: [...owners], shared: isShared(directory) };
  }

  /** The resources of the packages that a unit comes with. */
  ofUnit(unit: string): readonly Tied[] {
    const files = packagedPathsOf(unit).flatMap((path) => this.#known.get(withoutUsr(path)) ?? []);
    return [...this.#units.get(unit) ?? [], ...files];
  }
}

function isShared(path: string): boolean {
  const plain = withoutUsr(path);
  return SHARED.has(plain) || SHARED_BY_NAME.test(plain);
}
