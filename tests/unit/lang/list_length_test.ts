/** A list that has too few or too many entries is told so, and not that it is no list. */

import { assertEquals } from "@std/assert";
import { registry } from "../../../src/resources/registry.ts";
import { loadText } from "../../support/load_text.ts";

/** What is said of a resource of that kind with these fields. */
async function said(kind: string, fields: object): Promise<readonly string[]> {
  const entry = JSON.stringify({ name: "x", ...fields });
  const text = `graph: g\nresources:\n  ${kind}:\n  - ${entry}\n`;
  const outcome = await loadText(text, { file: "g.yaml", directory: "/", registry });
  return outcome.ok ? [] : outcome.diagnostics.map(({ message }) => message);
}

Deno.test("an empty list where there must be an entry is told so, of whatever kind it is", async () => {
  assertEquals(await said("exec", { args: [] }), [
    "exec[x]: args must have at least 1 entry",
  ]);
  assertEquals(await said("exec", { cmd: "true", success_codes: [] }), [
    "exec[x]: success_codes must have at least 1 entry",
  ]);
  // It may be a text as well.
  assertEquals(await said("cron", { command: "true", schedule: [] }), [
    "cron[x]: schedule must have at least 1 entry",
  ]);
});

Deno.test("a list that is too long is told how long it may be", async () => {
  const codes = Array.from({ length: 257 }, () => 0);
  assertEquals(await said("exec", { cmd: "true", success_codes: codes }), [
    "exec[x]: success_codes must have at most 256 entries",
  ]);
});

Deno.test("what is wrong with an entry of a list is said of the entry", async () => {
  assertEquals(await said("exec", { cmd: "true", success_codes: [256] }), [
    "exec[x]: success_codes[0] must be at most 255, not the number 256",
  ]);
  assertEquals(await said("exec", { args: "x" }), [
    `exec[x]: args must be a list of texts, not "x"`,
  ]);
});
