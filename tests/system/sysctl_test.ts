// leaves nothing: each test gives its keys and files their values back

/** Settings of a real kernel: of a host's own network, which alone it may change. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import sysctl from "../../src/resources/sysctl/kind.ts";
import { inKindWorld, resourceOf } from "../support/kind_world.ts";
import { contentOf, shell } from "../support/program.ts";

const PORTS = "/proc/sys/net/ipv4/ip_local_port_range";

Deno.test("a setting is set and written down, and then nothing is left to do", () =>
  inKindWorld(async (world) => {
    const key = "net.ipv4.ip_local_port_range";
    const file = `/etc/sysctl.d/90-mgmt-${key}.conf`;
    await shell(`echo 30000 40000 >${PORTS}`);
    const made = await resourceOf(sysctl, world, { key, value: " 20000   50000 " });
    assertEquals(await made.heal(), `"30000 40000" → "20000 50000", ${file} does not exist`);
    assertEquals(contentOf(PORTS), "20000\t50000\n");
    assertEquals(await shell(`sysctl -p ${file}`), `${key} = 20000 50000\n`);
    assertEquals(await made.heal(), undefined);
    await shell(`echo 30000 40000 >${PORTS}`);
    assertEquals(await made.heal(), '"30000 40000" → "20000 50000"');
    await shell(`echo x >>${file}`);
    assertEquals(await made.heal(), `${file} differs`);
    const passing = await resourceOf(sysctl, world, { key, value: "20000 50000", persist: false });
    assertEquals(await passing.heal(), `${file} is there and should not be`);
    assertEquals(contentOf(file), undefined);
  }));

Deno.test("the directory for what is written down is made", () =>
  inKindWorld(async (world) => {
    await shell("mv /etc/sysctl.d /etc/sysctl.d.away");
    await (await resourceOf(sysctl, world, { value: 1 }, "net.ipv4.ip_forward")).heal();
    assertEquals(
      contentOf("/etc/sysctl.d/90-mgmt-net.ipv4.ip_forward.conf"),
      "# Kept so by mgmt.\nnet.ipv4.ip_forward = 1\n",
    );
    await shell("rm -r /etc/sysctl.d; mv /etc/sysctl.d.away /etc/sysctl.d");
  }));

Deno.test("a name with a dot in it is written with slashes", () =>
  inKindWorld(async (world) => {
    await shell("ip link add eth0.7 type bridge");
    const path = "/proc/sys/net/ipv4/conf/eth0.7/log_martians";
    for (
      const [value, key] of [
        "net/ipv4/conf/eth0.7/log_martians",
        "net.ipv4.conf.eth0/7.log_martians",
      ].entries()
    ) {
      await shell(`echo ${1 - value} >${path}`);
      assertEquals(
        await (await resourceOf(sysctl, world, { key, value, persist: false })).heal(),
        `${1 - value} → ${value}`,
      );
      assertEquals(contentOf(path), `${value}\n`);
    }
  }));

Deno.test("a name that the kernel does not know is a failure with the nearest one", () =>
  inKindWorld(async (world) => {
    const refuse = async (key: string) =>
      await (await resourceOf(sysctl, world, { key, value: 1 })).refuse();
    const misspelt = await refuse("net.ipv4.ip_foward");
    assertEquals(misspelt.code, "unknown-key");
    assertStringIncludes(misspelt.message, "no setting net.ipv4.ip_foward: there is no /proc/sys/");
    assertStringIncludes(misspelt.hint ?? "", 'did you mean "ip_forward"?');
    assertStringIncludes((await refuse("net.ipv5.ip_forward")).hint ?? "", '"ipv4"');
    assertMatch((await refuse("net.ipv4.conf.ppp99.forwarding")).hint ?? "", /not loaded/);
    assertMatch((await refuse("net.ipv4")).message, /is a group of settings/);
  }));

Deno.test("what the kernel does not take, and what may not be written, is said", () =>
  inKindWorld(async (world) => {
    const refuse = async (key: string, value: string | number) =>
      await (await resourceOf(sysctl, world, { key, value })).refuse();
    assertMatch(
      (await refuse("net.ipv4.ip_local_port_range", "50000 20000")).message,
      /does not take/,
    );
    const closed = await refuse("kernel.panic", 47);
    assertEquals(closed.code, "EROFS");
    assertMatch(closed.message, /^kernel.panic cannot be set: \/proc\/sys is read-only/);
    assertEquals(
      contentOf("/etc/sysctl.d/90-mgmt-kernel.panic.conf"),
      undefined,
      "nor written down",
    );
  }));

const SYSTEMD_SYSCTL = "/usr/lib/systemd/systemd-sysctl";

Deno.test("what is written down has the last word at the next start, or it is said who has", () =>
  inKindWorld(async (world) => {
    const key = "net.ipv4.ip_local_port_range";
    const [early, late] = ["90", "zz"].map((first) => `/etc/sysctl.d/${first}-mgmt-${key}.conf`);
    const atNextStart = async () => {
      await shell(`echo 30000 40000 >${PORTS}; ${SYSTEMD_SYSCTL}`);
      return contentOf(PORTS)?.trim().replace("\t", " ");
    };
    const made = await resourceOf(sysctl, world, { key, value: "20000 50000" });
    await made.heal();
    // What sorts later and says the same, or only by a pattern, is no matter.
    await shell(
      `mkdir -p /run/sysctl.d; echo 'net/ipv4/ip_local_port_range = 20000\t50000' ` +
        `>/run/sysctl.d/95-same.conf; echo 'net.ipv4.ip_local_port_* = 1 2' >/run/sysctl.d/96-glob.conf`,
    );
    assertEquals([await made.heal(), await atNextStart()], [undefined, "20000 50000"]);
    // Debian's way to /etc/sysctl.conf.
    await shell(
      `test -e /etc/sysctl.conf && mv /etc/sysctl.conf /etc/sysctl.away; ` +
        `echo '- ${key}=31000 32000' >/etc/sysctl.conf; ` +
        `ln -sf ../sysctl.conf /etc/sysctl.d/99-sysctl.conf`,
    );
    assertEquals(await atNextStart(), "31000 32000");
    await shell(`echo 20000 50000 >${PORTS}`);
    assertEquals(await made.heal(), `${early} is there and should not be, ${late} does not exist`);
    assertEquals(await atNextStart(), "20000 50000");
    assertMatch(world.said.join(), /\/etc\/sysctl.conf says .* = 31000 32000, and `sysctl/);
    await shell("ln -sf /dev/null /etc/sysctl.d/99-sysctl.conf");
    assertEquals(await made.heal(), `${early} does not exist, ${late} is there and should not be`);
    // A mask in /etc hides the file of that name elsewhere.
    await shell(`echo '${key} = 1 2' >/run/sysctl.d/99-sysctl.conf`);
    assertEquals([await made.heal(), await atNextStart()], [undefined, "20000 50000"]);
    await shell(
      `rm /etc/sysctl.d/99-sysctl.conf /etc/sysctl.conf; ` +
        `test -e /etc/sysctl.away && mv /etc/sysctl.away /etc/sysctl.conf; ` +
        `mv /run/sysctl.d/99-sysctl.conf /run/sysctl.d/zzz.conf; echo 1 2 >${PORTS}`,
    );
    const lost = await made.refuse();
    assertEquals(lost.code, "overridden");
    assertStringIncludes(lost.message, '"1 2", not "20000 50000": /run/sysctl.d/zzz.conf is read');
    assertEquals(contentOf(PORTS), "20000\t50000\n", "what can be done is done");
    assertEquals((await made.refuse()).code, "overridden");
    await shell("rm /run/sysctl.d/9*.conf /run/sysctl.d/zzz.conf");
    await made.heal();
    await (await resourceOf(sysctl, world, { key, value: "20000 50000", persist: false })).heal();
    assertEquals([contentOf(early ?? ""), contentOf(late ?? "")], [undefined, undefined]);
  }));

Deno.test("lists in another order are equal where the kernel knows no order; nothing is a value", () =>
  inKindWorld(async (world) => {
    const ports = "/proc/sys/net/ipv4/ip_local_reserved_ports";
    const key = "net.ipv4.ip_local_reserved_ports";
    const set = async (value: string) => await resourceOf(sysctl, world, { key, value });
    const file = `/etc/sysctl.d/90-mgmt-${key}.conf`;
    assertEquals(
      await (await set("9148,8080,7001,7000,7002")).heal(),
      `"" → "9148,8080,7001,7000,7002", ${file} does not exist`,
    );
    assertEquals(contentOf(ports), "7000-7002,8080,9148\n");
    assertEquals(await (await set("")).heal(), `"7000-7002,8080,9148" → "", ${file} differs`);
    assertEquals(contentOf(ports), "\n");
    await shell(`echo 77 >${ports}; sysctl -p ${file}; echo 78 >${ports}; ${SYSTEMD_SYSCTL}`);
    assertEquals(contentOf(ports), "\n", "it is written down so that others read it");
    await (await resourceOf(sysctl, world, { key, value: "", persist: false })).heal();
  }));
