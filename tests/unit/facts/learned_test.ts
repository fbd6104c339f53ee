/** What is learned of machines, each a tree of real files. */

import { assertEquals, assertStringIncludes } from "@std/assert";
import { dirname } from "node:path";
import type { InputReading } from "../../../src/base/input.ts";
import { FACTS } from "../../../src/facts/fact_table.ts";
import type { Machine } from "../../../src/facts/machine.ts";
import { machineFiles } from "../../../src/os/machine_files.ts";
import type { InterfaceAddress } from "../../../src/os/network/interfaces.ts";

/** A machine with these files; a text that begins with `->` is a link. */
async function withMachine(
  files: Readonly<Record<string, string>>,
  look: (learn: (fact: keyof typeof FACTS, given?: string) => unknown) => void,
  { name = "web1", addresses = [] as readonly InterfaceAddress[] | "hidden" } = {},
): Promise<void> {
  const root = await Deno.makeTempDir();
  try {
    for (const [path, text] of Object.entries(files)) {
      await Deno.mkdir(dirname(root + path), { recursive: true });
      const link = text.startsWith("->") ? text.slice(2) : undefined;
      if (link === undefined) await Deno.writeTextFile(root + path, text);
      else await Deno.symlink(link, root + path);
    }
    const machine: Machine = {
      files: machineFiles(root),
      arch: "x86_64",
      name: () => name,
      addresses: () => addresses === "hidden" ? undefined : addresses,
    };
    look((fact, given) => valueOf(FACTS[fact].learn(machine, given)));
  } finally {
    await Deno.remove(root, { recursive: true });
  }
}

/** What is not known is its reason behind a question mark. */
function valueOf(reading: InputReading): unknown {
  return reading.isKnown ? reading.value : `? ${reading.why}`;
}

Deno.test("a machine without any of its files knows little, and says why", async () => {
  await withMachine({}, (learn) => {
    for (const fact of ["machineId", "os", "kernel", "cpus", "memoryMb", "init"] as const) {
      assertEquals(String(learn(fact)).startsWith("? "), true, fact);
    }
    assertEquals(learn("name"), "web1");
    assertEquals(learn("timezone"), "UTC");
    assertEquals(learn("arch"), "x86_64");
    assertEquals(learn("virtualization"), "? neither the firmware nor the processor tells");
    assertStringIncludes(String(learn("packageManager")), "? none of apt, dnf");
  });
});

Deno.test("a name is what the host was told to be called, else the machine's; its domain comes from files", async () => {
  const hosts = "127.0.0.1 localhost\n127.0.1.1 web1.example.org web1 # web1.not.this\n";
  await withMachine({ "/etc/hosts": hosts }, (learn) => {
    assertEquals([learn("name"), learn("fqdn")], ["web1", "web1.example.org"]);
    assertEquals(learn("name", "db"), "db");
    assertEquals(learn("fqdn", "db.lan"), "db.lan");
    assertStringIncludes(String(learn("fqdn", "db")), "? its name db has no domain");
  });
  await withMachine({ "/proc/sys/kernel/domainname": "lan\n" }, (learn) => {
    assertEquals(learn("fqdn"), "web1.lan");
  });
  await withMachine({}, (learn) => assertEquals(learn("name"), "? the machine has no name"), {
    name: "",
  });
});

Deno.test("distributions: Debian, what is made from it, others, and those that say little", async () => {
  const os = async (text: string, path = "/etc/os-release") => {
    let found: unknown;
    await withMachine({ [path]: text }, (learn) => found = learn("os"));
    return found;
  };
  assertEquals(await os('ID=debian\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\n'), {
    id: "debian",
    versionId: "12",
    codename: "bookworm",
    family: "debian",
  });
  assertEquals(await os("ID=linuxmint\nID_LIKE='ubuntu debian'\nUBUNTU_CODENAME=noble\n"), {
    id: "linuxmint",
    versionId: "",
    codename: "noble",
    family: "debian",
  });
  assertEquals(await os('# a\nID="rocky"\nID_LIKE="rhel centos fedora"\nVERSION_ID="9.4"'), {
    id: "rocky",
    versionId: "9.4",
    codename: "",
    family: "redhat",
  });
  assertEquals(await os('NAME="\\"own\\""\n', "/usr/lib/os-release"), {
    id: "linux",
    versionId: "",
    codename: "",
    family: "linux",
  });
});

Deno.test("time zones by link, by copy with and without a name", async () => {
  const zone = async (files: Readonly<Record<string, string>>) => {
    let found: unknown;
    await withMachine(files, (learn) => found = learn("timezone"));
    return found;
  };
  assertEquals(
    await zone({ "/etc/localtime": "->../usr/share/zoneinfo/Europe/Vienna" }),
    "Europe/Vienna",
  );
  const america = "->/usr/share/zoneinfo/posix/America/Argentina/Salta";
  assertEquals(await zone({ "/etc/localtime": america }), "America/Argentina/Salta");
  assertEquals(
    await zone({ "/etc/localtime": "TZif", "/etc/timezone": "Asia/Tokyo\n" }),
    "Asia/Tokyo",
  );
  assertStringIncludes(
    String(await zone({ "/etc/localtime": "TZif" })),
    "? /etc/localtime is a copy",
  );
});

Deno.test("processors, memory, containers and virtual machines", async () => {
  const hardware = {
    "/sys/devices/system/cpu/online": "0-3,6\n",
    "/proc/meminfo": "MemTotal:       16384000 kB\nMemFree: 1 kB\n",
    "/proc/cpuinfo": "processor : 0\nflags\t\t: fpu hypervisor sse\n",
    "/sys/class/dmi/id/sys_vendor": "QEMU\n",
    "/run/systemd/system/x": "",
    "/etc/machine-id": "3d1219c7c4c5404aaa1f6d2a48adfda4\n",
  };
  await withMachine(hardware, (learn) => {
    assertEquals([learn("cpus"), learn("memoryMb")], [5, 16000]);
    assertEquals(learn("virtualization"), "qemu");
    assertEquals(learn("init"), "systemd");
    assertEquals(learn("machineId"), "3d1219c7c4c5404aaa1f6d2a48adfda4");
  });
  await withMachine({ ...hardware, "/run/systemd/container": "lxc\n" }, (learn) => {
    assertEquals(learn("virtualization"), "lxc");
  });
  const real = { ...hardware, "/proc/cpuinfo": "processor : 0\nflags\t\t: fpu sse\n" };
  await withMachine({ ...real, "/proc/1/comm": "runit\n" }, (learn) => {
    assertEquals(learn("virtualization"), "none");
  });
  await withMachine(
    { "/etc/machine-id": "uninitialized\n", "/proc/1/comm": "runit\n" },
    (learn) => {
      assertEquals(learn("machineId"), "? /etc/machine-id has no number yet");
      assertEquals(learn("init"), "runit");
    },
  );
});

const at = (name: string, address: string, prefixLength: number) => ({
  name,
  address,
  prefixLength,
});
const HEAD4 = "Iface Destination Gateway Flags RefCnt Use Metric Mask MTU Window IRTT\n";
const ANY6 = "0".repeat(32);
const GATEWAY6 = "fe800000000000000000000000000001";

/** `address`, and `addresses` with blanks between. */
async function addressesOf(
  addresses: readonly InterfaceAddress[] | "hidden",
  files: Readonly<Record<string, string>>,
): Promise<readonly unknown[]> {
  let found: readonly unknown[] = [];
  await withMachine(files, (learn) => {
    const all = learn("addresses");
    found = [learn("address"), Array.isArray(all) ? all.join(" ") : all];
  }, { addresses });
  return found;
}

Deno.test("the address is where the default route begins, whatever else there is", async () => {
  const all = [
    at("lo", "127.0.0.1", 8),
    at("docker0", "172.17.0.1", 16),
    at("eth0", "192.0.2.7", 24),
    at("eth0", "198.51.100.7", 24),
    at("eth1", "203.0.113.9", 24),
    at("eth0", "fe80::1", 64),
  ];
  const shown = "172.17.0.1 192.0.2.7 198.51.100.7 203.0.113.9";
  // The gateway 198.51.100.1 is in the second network of its interface.
  const route = `${HEAD4}eth0 00000000 016433C6 0003 0 0 100 00000000 0 0 0\n`;
  assertEquals(await addressesOf(all, { "/proc/net/route": route }), ["198.51.100.7", shown]);
  // Another route counts more; one that rejects does not count.
  const more = `${route}eth1 00000000 00000000 0001 0 0 50 00000000 0 0 0\n` +
    "lo 00000000 00000000 0201 0 0 0 00000000 0 0 0\n";
  assertEquals((await addressesOf(all, { "/proc/net/route": more }))[0], "203.0.113.9");
  assertEquals(
    (await addressesOf(all, { "/proc/net/route": HEAD4 }))[0],
    "? no default route says which of 4 addresses it is",
  );
});

Deno.test("hosts with one address, with none, with IPv6 alone, and a kernel that tells nothing", async () => {
  assertEquals(await addressesOf([at("e", "10.0.0.5", 8)], {}), ["10.0.0.5", "10.0.0.5"]);
  assertEquals(await addressesOf([at("lo", "127.0.0.1", 8), at("e", "169.254.1.1", 16)], {}), [
    "? there is no address but those of the loopback and of links",
    "",
  ]);
  const six = [
    at("eth0", "fd00::2", 64),
    at("eth0", "2001:db8::aa", 64),
    at("eth0", "2001:db8::7", 64),
    at("eth0", "fe80::7", 64),
  ];
  const route = `${ANY6} 00 ${ANY6} 00 ${GATEWAY6} 00000400 1 0 00000003 eth0\n` +
    `${ANY6} 00 ${ANY6} 00 ${ANY6} ffffffff 1 0 00200200 lo\n`;
  // The first of the public ones is one of privacy, which goes soon.
  const passing = "20010db80000000000000000000000aa 02 40 00 01 eth0\n" +
    "20010db8000000000000000000000007 02 40 00 80 eth0\n";
  const files = { "/proc/net/ipv6_route": route, "/proc/net/if_inet6": passing };
  assertEquals(await addressesOf(six, files), ["2001:db8::7", "fd00::2 2001:db8::7"]);
  assertEquals(await addressesOf("hidden", {}), [
    "? the kernel does not tell the addresses",
    "? the kernel does not tell the addresses",
  ]);
});
