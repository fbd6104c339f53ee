import { assertEquals, assertMatch } from "@std/assert";
import { registry } from "../../../src/resources/registry.ts";
import sysctl from "../../../src/resources/sysctl/kind.ts";
import { inKindWorld, resolving, resourceOf } from "../../support/kind_world.ts";
import { loadText } from "../../support/load_text.ts";

Deno.test("names are written with dots or slashes, and one setting has one resource", async () => {
  const path = async (key: string) => (await resolving(sysctl, { key, value: 1 })).params.path;
  assertEquals(await path("net.ipv4.ip_forward"), "/proc/sys/net/ipv4/ip_forward");
  assertEquals(await path("net/ipv4/ip_forward"), "/proc/sys/net/ipv4/ip_forward");
  assertEquals(await path("/net/ipv4/ip_forward"), "/proc/sys/net/ipv4/ip_forward");
  assertEquals(await path("net.ipv4.conf.eth0/1.x"), "/proc/sys/net/ipv4/conf/eth0.1/x");
  assertEquals(await path("net/ipv4/conf/eth0.1/x"), "/proc/sys/net/ipv4/conf/eth0.1/x");
  const text = "graph: g\nresources:\n  sysctl:\n" +
    "  - {name: a.b, value: 1}\n  - {name: x, key: a/b, value: 2}\n";
  const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
  assertMatch(outcome.ok ? "" : outcome.diagnostics[0]?.message ?? "", /are for the same sysctl/);
});

Deno.test("what is no name of a setting is said", async () => {
  for (
    const key of ["a", "", "..", "../../etc/passwd", "a/../../x", "a b.c", "net.*.x", "a..b", "/"]
  ) {
    const { issues } = await resolving(sysctl, { key, value: 1 });
    assertMatch(issues[0]?.message ?? "", /is no name of a setting/, key);
  }
});

Deno.test("a setting that is as it should be needs nothing, not even root", () =>
  inKindWorld(async (world) => {
    const value = Deno.readTextFileSync("/proc/sys/kernel/ostype").trim();
    const made = await resourceOf(sysctl, world, { key: "kernel.ostype", value, persist: false });
    assertEquals(await made.check(), undefined);
  }));

/** What is read of this kernel, and never set. */
async function isRight(key: string, value: string): Promise<boolean> {
  let found: unknown;
  await inKindWorld(async (world) => {
    const { issues } = await resolving(sysctl, { key, value, persist: false });
    assertEquals(issues, []);
    found = await (await resourceOf(sysctl, world, { key, value, persist: false })).check();
  });
  return found === undefined;
}

Deno.test("the order of a list matters where the kernel has one, and only there", async () => {
  const [memory, ports] = ["net/ipv4/tcp_rmem", "net/ipv4/ip_local_reserved_ports"];
  const words = Deno.readTextFileSync(`/proc/sys/${memory}`).trim().split(/\s+/);
  assertEquals(await isRight(memory, words.join("  ")), true);
  assertEquals(await isRight(memory, words.toReversed().join(" ")), false);
  const actions = Deno.readTextFileSync("/proc/sys/kernel/seccomp/actions_avail").trim().split(" ");
  assertEquals(await isRight("kernel.seccomp.actions_avail", actions.toReversed().join(" ")), true);
  assertEquals(await isRight("kernel.seccomp.actions_avail", actions.slice(1).join(" ")), false);
  if (Deno.readTextFileSync(`/proc/sys/${ports}`).trim() === "") {
    assertEquals(await isRight(ports, ""), true);
    assertEquals(await isRight(ports, "80"), false);
  }
});
