import { assertEquals, assertMatch } from "@std/assert";
import { prettyName, withPrettyName } from "../../../src/resources/hostname/machine_info.ts";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

async function said(resources: string): Promise<string> {
  const text = `graph: g\nresources:\n  hostname:\n${resources}`;
  const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
  return outcome.ok ? "" : outcome.diagnostics.map(({ message }) => message).join("\n");
}

Deno.test("names that no host can have are said", async () => {
  assertMatch(await said("  - name: my_host\n"), /cannot be the name of a host/);
  assertMatch(await said(`  - name: ${"a".repeat(65)}\n`), /cannot be the name of a host/);
  assertMatch(await said("  - {name: x, hostname: -a}\n"), /hostname has labels/);
  assertMatch(await said("  - {name: x, hostname: a..b}\n"), /hostname has labels/);
  assertEquals(await said("  - {name: my host, hostname: a-1.Example.org}\n"), "");
});

Deno.test("a host has one name", async () => {
  assertMatch(await said("  - name: a\n  - name: b\n"), /are for the same hostname, "the name of/);
});

async function names(fields: string): Promise<unknown> {
  const text = `graph: g\nresources:\n  hostname:\n  - ${fields}\n`;
  const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
  return outcome.ok ? [...outcome.loaded.graph.vertices.values()][0]?.params : outcome.diagnostics;
}

Deno.test("a name that is not said is left alone, unless none is: then it is that of the resource", async () => {
  assertEquals(await names("name: a"), { static: "a", transient: "a" });
  assertEquals(await names("{name: my host, hostname: b}"), { static: "b", transient: "b" });
  assertEquals(await names("{name: my host, pretty_hostname: My Host}"), { pretty: "My Host" });
  assertEquals(await names("{name: x, static_hostname: s, hostname: '', pretty_hostname: ''}"), {
    static: "s",
  });
  assertEquals(await names("{name: x, transient_hostname: t}"), { transient: "t" });
  assertEquals(await names("{name: x, hostname: a, transient_hostname: t, pretty_hostname: p}"), {
    ...{ static: "a", transient: "t", pretty: "p" },
  });
});

Deno.test("each name is refused where it cannot be one", async () => {
  for (const field of ["static_hostname", "transient_hostname"]) {
    assertMatch(
      await said(`  - {name: x, ${field}: my_host}\n`),
      new RegExp(`${field} has labels`),
    );
  }
  for (const wrong of ['"a\\nb"', '"\\e[0m"', `"${"x".repeat(256)}"`]) {
    assertMatch(await said(`  - {name: x, pretty_hostname: ${wrong}}\n`), /pretty_hostname/, wrong);
  }
  assertMatch(await said("  - {name: x, pretty: a}\n"), /the field "pretty" is unknown/);
});

Deno.test("the pretty name is found and put as systemd writes it, beside what else is there", () => {
  const others = 'CHASSIS=server\nPRETTY_HOSTNAME="old one"\n# a comment\nLOCATION=x\n';
  assertEquals(prettyName(others), "old one");
  assertEquals(
    withPrettyName(others, "new"),
    'CHASSIS=server\nPRETTY_HOSTNAME="new"\n# a comment\nLOCATION=x\n',
  );
  assertEquals(withPrettyName("", "a"), 'PRETTY_HOSTNAME="a"\n');
  assertEquals(withPrettyName("A=b", "a"), 'A=b\nPRETTY_HOSTNAME="a"\n');
  assertEquals(prettyName("# PRETTY_HOSTNAME=a\nX_PRETTY_HOSTNAME=b\n"), undefined);
  assertEquals(prettyName("PRETTY_HOSTNAME=a\nPRETTY_HOSTNAME='b c'\n"), "b c");
  assertEquals(
    withPrettyName("PRETTY_HOSTNAME=a\nB=1\nPRETTY_HOSTNAME=b\n", "c"),
    'PRETTY_HOSTNAME="c"\nB=1\n',
  );
  for (const name of ["Anna's server", 'a "b" $c `d` \\e', "ü ☃", " ", "\\", '"']) {
    assertEquals(prettyName(withPrettyName(others, name)), name);
    assertEquals(withPrettyName(withPrettyName("", name), name), withPrettyName("", name));
  }
});
