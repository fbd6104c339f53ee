import { assertEquals, assertMatch } from "@std/assert";
import hosts from "../../../src/resources/hosts/kind.ts";
import type { HostsFields } from "../../../src/resources/hosts/fields.ts";
import { registry } from "../../../src/resources/registry.ts";
import { inKindWorld, resolving, resourceOf } from "../../support/kind_world.ts";
import { loadText } from "../../support/load_text.ts";

/** What `before` becomes, and why. */
function becomes(before: string, fields: HostsFields, after: string, reason?: string) {
  return inKindWorld(async (world) => {
    const path = world.put("f", before);
    const said = await (await resourceOf(hosts, world, { path, ...fields }, "web1")).heal();
    assertEquals([world.text("f"), said], [after, reason]);
  });
}

const LOCAL = "127.0.0.1\tlocalhost\n::1 localhost ip6-localhost # six\n";
const IP = "192.0.2.1";

Deno.test("a line that is not there goes to the end, all others stay", async () => {
  const missing = "there is no line of 192.0.2.1";
  await becomes(LOCAL, { ip: IP }, `${LOCAL}192.0.2.1\tweb1\n`, missing);
  await becomes("# 192.0.2.1 web1", { ip: IP }, "# 192.0.2.1 web1\n192.0.2.1\tweb1\n", missing);
  await becomes("a\r\n", { ip: IP, names: ["a.b", "a"] }, "a\r\n192.0.2.1\ta.b a\r\n", missing);
});

Deno.test("an address has its names and no others, in one line, with its blanks and comment", async () => {
  const names = ["web1.example.org", "web1"];
  await becomes(
    "192.0.2.1   old web1  # mine\n# x\n192.0.2.1 more\n",
    { ip: IP, names },
    "192.0.2.1   web1.example.org web1  # mine\n# x\n",
    "192.0.2.1 has the names old web1 more",
  );
  const right = "192.0.2.1 WEB1.example.org b web1\n";
  await becomes(right, { ip: IP, names: ["web1.example.org", "web1", "b"] }, right);
  await becomes(
    right,
    { ip: IP, names: ["b", "web1"] },
    "192.0.2.1 b web1\n",
    "192.0.2.1 has the names WEB1.example.org b web1",
  );
});

Deno.test("a name has one address of each family", async () => {
  await becomes(
    "192.0.2.9 web1\n192.0.2.8 x Web1 y\n2001:db8::1 web1\n",
    { ip: IP },
    "192.0.2.8 x y\n2001:db8::1 web1\n192.0.2.1\tweb1\n",
    "there is no line of 192.0.2.1, web1 stands at 192.0.2.9, Web1 stands at 192.0.2.8",
  );
});

Deno.test("an IPv6 address is one, however it is written", async () => {
  const before = "2001:DB8:0::0:1 web1\n";
  await becomes(before, { ip: "2001:db8::1" }, before);
  await becomes("fe80::1%eth0 web1\n", { ip: "FE80:0::1%eth0" }, "fe80::1%eth0 web1\n");
});

Deno.test("append adds what is missing", async () => {
  const fields = { ip: IP, names: ["a", "b"], append: true };
  const missing = "192.0.2.1 has not the name b";
  await becomes("192.0.2.1 x a # c\n", fields, "192.0.2.1 x a b # c\n", missing);
  await becomes("192.0.2.1 x\n192.0.2.1 b a\n", fields, "192.0.2.1 x\n192.0.2.1 b a\n");
});

Deno.test("absent takes the address, or names from it, or names from everywhere", async () => {
  const gone = "names are there and should not be";
  const text = `${LOCAL}192.0.2.1 a b\n192.0.2.2 a\n`;
  await becomes(text, { ip: IP, state: "absent" }, `${LOCAL}192.0.2.2 a\n`, gone);
  const named = { ip: IP, names: ["a"], state: "absent" } as const;
  await becomes(text, named, `${LOCAL}192.0.2.1 b\n192.0.2.2 a\n`, gone);
  await becomes(text, { names: ["A"], state: "absent" }, `${LOCAL}192.0.2.1 b\n`, gone);
  await becomes(LOCAL, { names: ["a"], state: "absent" }, LOCAL);
});

Deno.test("what is no address or name is refused, and so is one name of two addresses", async () => {
  const mistakes = async (fields: HostsFields, name = "web1") =>
    (await resolving(hosts, fields, name)).issues.map(({ message }) => message).join("; ");
  assertMatch(await mistakes({}), /ip is missing/);
  assertMatch(await mistakes({ state: "absent" }), /ip and names are missing/);
  assertMatch(await mistakes({ ip: IP }, "my web"), /is no name of a host/);
  assertMatch(await mistakes({ ip: IP, state: "absent", append: true }), /append is for/);
  const said = async (...entries: string[]) => {
    const lines = entries.map((entry, index) => `  - {name: n${index}, ${entry}}\n`).join("");
    const text = `graph: g\nresources:\n  hosts:\n${lines}`;
    const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
    return outcome.ok ? "" : outcome.diagnostics.map(({ message }) => message).join();
  };
  assertMatch(
    await said(`ip: ${IP}, names: [a]`, "ip: 192.0.2.2, names: [b, A]"),
    /name A an address, each another/,
  );
  assertMatch(
    await said(`ip: ${IP}, names: [a]`, `ip: ${IP}, names: [b], append: true`),
    /b is none/,
  );
  assertMatch(await said(`ip: ${IP}, names: [a]`, "names: [a], state: absent"), /has it absent/);
  assertEquals(await said(`ip: ${IP}, names: [a]`, "ip: '::1', names: [a]"), "");
  for (const ip of ["1.2.3", "1.2.3.256", "x", "1::2::3", "1.2.3.4.5"]) {
    assertMatch(await said(`ip: "${ip}"`), /no address/);
  }
  assertMatch(await said(`ip: ${IP}, names: ["a b"]`), /must be made of letters/);
});
