/**
 * The distribution, and what is asked of it.
 *
 * @module
 */

import type { InputReading } from "../base/input.ts";
import { known, type Machine, notKnown } from "./machine.ts";

/** The first of a distribution's relatives that is one of these is its family. */
const FAMILIES: Readonly<Record<string, string>> = {
  debian: "debian",
  ubuntu: "debian",
  fedora: "redhat",
  rhel: "redhat",
  centos: "redhat",
  suse: "suse",
  opensuse: "suse",
  sles: "suse",
  arch: "arch",
  alpine: "alpine",
  gentoo: "gentoo",
};

/** By their programs; those that this program installs with come first. */
const PACKAGE_MANAGERS: Readonly<Record<string, string>> = {
  apt: "/usr/bin/apt-get",
  dnf: "/usr/bin/dnf",
  yum: "/usr/bin/yum",
  zypper: "/usr/bin/zypper",
  pacman: "/usr/bin/pacman",
  apk: "/sbin/apk",
};

/** As os-release says. */
export function osFact({ files }: Machine): InputReading {
  const own = files.text("/etc/os-release");
  const read = own.ok ? own : files.text("/usr/lib/os-release");
  if (!read.ok) return notKnown("there is no /etc/os-release that can be read");
  const says = osRelease(read.value);
  const of = (key: string) => says.get(key) ?? "";
  const id = of("ID") || "linux";
  const relatives = [id, ...of("ID_LIKE").split(/\s+/)];
  const family = relatives.find((each) => Object.hasOwn(FAMILIES, each));
  return known({
    id,
    versionId: of("VERSION_ID"),
    codename: of("VERSION_CODENAME") || of("UBUNTU_CODENAME"),
    family: family === undefined ? id : FAMILIES[family] ?? id,
  });
}

/** Lines `KEY=value` of a shell, without its substitutions. */
function osRelease(text: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [, key, raw = ""] = /^\s*([A-Z0-9_]+)=(.*?)\s*$/.exec(line) ?? [];
    if (key === undefined) continue;
    const quote = /^(["'])(.*)\1$/s.exec(raw);
    const plain = quote?.[2] ?? raw;
    found.set(key, quote?.[1] === "'" ? plain : plain.replace(/\\(["$`\\])/g, "$1"));
  }
  return found;
}

/** What installs packages here. */
export function packageManagerFact({ files }: Machine): InputReading {
  for (const [name, program] of Object.entries(PACKAGE_MANAGERS)) {
    if (files.has(program)) return known(name);
  }
  const names = Object.keys(PACKAGE_MANAGERS).join(", ");
  return notKnown(`none of ${names} is there`);
}

/** What process 1 is: systemd where it has booted the machine, else the name of its program. */
export function initFact({ files }: Machine): InputReading {
  if (files.has("/run/systemd/system")) return known("systemd");
  const read = files.text("/proc/1/comm");
  const name = read.ok ? read.value.trim() : "";
  return name === "" ? notKnown("the kernel does not say what process 1 is") : known(name);
}

/** The time zone by its name, as /etc/localtime leads to it; without one it is UTC. */
export function timezoneFact({ files }: Machine): InputReading {
  const target = files.link("/etc/localtime");
  const named = target === undefined
    ? undefined
    : /\/zoneinfo\/(?:posix\/|right\/)?(.+)$/.exec(target)?.[1];
  if (named !== undefined) return known(named);
  if (!files.has("/etc/localtime")) return known("UTC");
  const text = files.text("/etc/timezone");
  const name = text.ok ? text.value.trim() : "";
  if (/^[\w+-]+(\/[\w+-]+)*$/.test(name)) return known(name);
  return notKnown("/etc/localtime is a copy without a name, and /etc/timezone has none");
}
