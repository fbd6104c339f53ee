/**
 * What the machine is called, and by which number it is known.
 *
 * @module
 */

import type { InputReading } from "../base/input.ts";
import { known, type Machine, notKnown } from "./machine.ts";

/** The name that this host goes by: the one that it was given, else the machine's. */
export function nameFact(machine: Machine, given: string | undefined): InputReading {
  const name = given ?? machine.name();
  return name === "" ? notKnown("the machine has no name") : known(name);
}

/** The name with its domain. No name server is asked: what that says differs with the hour. */
export function fqdnFact(machine: Machine, given: string | undefined): InputReading {
  const name = given ?? machine.name();
  if (name === "") return notKnown("the machine has no name");
  if (name.includes(".")) return known(name);
  const hosts = machine.files.text("/etc/hosts");
  const found = hosts.ok ? fullName(hosts.value, name) : undefined;
  if (found !== undefined) return known(found);
  const domain = machine.files.text("/proc/sys/kernel/domainname");
  const text = domain.ok ? domain.value.trim() : "";
  if (text !== "" && text !== "(none)") return known(`${name}.${text}`);
  return notKnown(`its name ${name} has no domain, and no line of /etc/hosts has one for it`);
}

/** The first name with a domain on the first line that has this name. */
function fullName(hosts: string, name: string): string | undefined {
  for (const line of hosts.split("\n")) {
    const [, ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (!names.includes(name)) continue;
    const full = names.find((each) => each.startsWith(`${name}.`));
    if (full !== undefined) return full;
  }
  return undefined;
}

/** What stands in /etc/machine-id. */
export function machineIdFact({ files }: Machine): InputReading {
  const read = files.text("/etc/machine-id");
  if (!read.ok) return notKnown(read.failure.message);
  const id = read.value.trim();
  // `uninitialized` is what systemd puts there before the first boot.
  return /^[0-9a-f]{32}$/.test(id) ? known(id) : notKnown("/etc/machine-id has no number yet");
}
