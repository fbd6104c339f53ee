import type { InputReading, JsonValue } from "../base/input.ts";
import { ARCHITECTURE } from "../os/build.ts";
import { hostName } from "../os/host_name.ts";
import { type MachineFiles, machineFiles } from "../os/machine_files.ts";
import { type InterfaceAddress, interfaceAddresses } from "../os/network/interfaces.ts";

/** What facts are learned from. */
export interface Machine {
  readonly files: MachineFiles;
  /** The processor that this program was made for. */
  readonly arch: string;
  /** The name that it gives itself; empty: none. */
  name(): string;
  /** Its addresses; undefined: it does not tell. */
  addresses(): readonly InterfaceAddress[] | undefined;
}

/** This machine. */
export function thisMachine(): Machine {
  const files = machineFiles();
  return { files, arch: ARCHITECTURE, name: () => nameOf(files), addresses: interfaceAddresses };
}

/** Not `Deno.hostname` alone: what that says may have been true when the program began. */
function nameOf(files: MachineFiles): string {
  const read = files.text("/proc/sys/kernel/hostname");
  const name = read.ok ? read.value.trim() : hostName();
  return name === "(none)" ? "" : name;
}

/** Something that is known. */
export function known(value: JsonValue | undefined): InputReading {
  return { isKnown: true, value };
}

/** Something that is not; `why` goes on after "it is not known: ". */
export function notKnown(why: string): InputReading {
  return { isKnown: false, why };
}
