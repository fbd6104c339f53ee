/**
 * The machine itself.
 *
 * @module
 */

import type { InputReading } from "../base/input.ts";
import { known, type Machine, notKnown } from "./machine.ts";

/** The kernel's release. */
export function kernelFact({ files }: Machine): InputReading {
  const read = files.text("/proc/sys/kernel/osrelease");
  return read.ok ? known(read.value.trim()) : notKnown(read.failure.message);
}

/** What processor programs here are made for, as uname says it. */
export function archFact({ files, arch }: Machine): InputReading {
  // A kernel before 6.1 does not tell; then it is what this program was made for.
  const read = files.text("/proc/sys/kernel/arch");
  return known(read.ok ? read.value.trim() : arch);
}

/** Processors that are switched on. */
export function cpusFact({ files }: Machine): InputReading {
  const online = files.text("/sys/devices/system/cpu/online");
  const count = online.ok ? countOf(online.value) : 0;
  if (count > 0) return known(count);
  const info = files.text("/proc/cpuinfo");
  const listed = info.ok ? (info.value.match(/^processor\s*:/gm) ?? []).length : 0;
  return listed > 0 ? known(listed) : notKnown("the kernel does not list its processors");
}

/** How many numbers there are in `0-3,6`. */
function countOf(list: string): number {
  let count = 0;
  for (const part of list.trim().split(",")) {
    const [, from, to = from] = /^(\d+)(?:-(\d+))?$/.exec(part) ?? [];
    if (from !== undefined) count += Number(to) - Number(from) + 1;
  }
  return count;
}

/** Memory in MiB that the kernel has. */
export function memoryFact({ files }: Machine): InputReading {
  const read = files.text("/proc/meminfo");
  const kib = read.ok ? /^MemTotal:\s*(\d+) kB/m.exec(read.value)?.[1] : undefined;
  return kib === undefined
    ? notKnown("the kernel does not say how much memory it has")
    : known(Math.floor(Number(kib) / 1024));
}

/** What machines of makers are, in the words of systemd-detect-virt. */
const MAKERS: readonly (readonly [RegExp, string])[] = [
  [/KVM/, "kvm"],
  [/OpenStack|Google Compute Engine|DigitalOcean|Hetzner/, "kvm"],
  [/Amazon EC2/, "amazon"],
  [/QEMU/, "qemu"],
  [/VMware|VMW/, "vmware"],
  [/innotek GmbH|VirtualBox|Oracle Corporation/, "oracle"],
  [/Xen/, "xen"],
  [/Bochs/, "bochs"],
  [/Parallels/, "parallels"],
  [/BHYVE/, "bhyve"],
  [/Microsoft Corporation.*Virtual Machine/s, "microsoft"],
  [/Apple Virtualization/, "apple"],
];

const DMI = ["sys_vendor", "product_name", "board_vendor", "bios_vendor", "product_version"];

/** What it runs in: a container, else a virtual machine, else `none`. */
export function virtualizationFact({ files }: Machine): InputReading {
  const container = containerOf(files);
  if (container !== undefined) return known(container);
  if (files.has("/proc/xen")) return known("xen");
  const dmi = DMI.flatMap((name) => {
    const read = files.text(`/sys/class/dmi/id/${name}`);
    return read.ok ? [read.value.trim()] : [];
  });
  const maker = MAKERS.find(([sign]) => sign.test(dmi.join("\n")))?.[1];
  const info = files.text("/proc/cpuinfo");
  const hypervisor = info.ok ? /^flags\s*:.*\bhypervisor\b/m.test(info.value) : undefined;
  // A maker of virtual machines also makes real ones; only the processor tells them apart.
  if (maker !== undefined && hypervisor !== false) return known(maker);
  if (hypervisor === true) return known("vm-other");
  const tree = files.text("/proc/device-tree/hypervisor/compatible");
  if (tree.ok) return known(tree.value.includes("kvm") ? "kvm" : "vm-other");
  if (dmi.length > 0 || hypervisor === false) return known("none");
  return notKnown("neither the firmware nor the processor tells");
}

function containerOf(files: Machine["files"]): string | undefined {
  const told = files.text("/run/systemd/container");
  if (told.ok && told.value.trim() !== "") return told.value.trim();
  if (files.has("/run/.containerenv")) return "podman";
  if (files.has("/.dockerenv")) return "docker";
  const environment = files.text("/proc/1/environ");
  const word = environment.ok
    ? /(?:^|\0)container=([^\0]+)/.exec(environment.value)?.[1]
    : undefined;
  if (word !== undefined) return word === "oci" ? "docker" : word;
  return files.has("/proc/vz") && !files.has("/proc/bc") ? "openvz" : undefined;
}
