/** Settings of a real kernel: of a host's own network, which alone it may change. */

import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import sysctl from "../../src/resources/sysctl.ts";
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
