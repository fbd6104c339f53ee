import { assertEquals, assertMatch } from "@std/assert";
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
