import { assertEquals } from "@std/assert";
import { CHECKS } from "../../../../src/app/doctor/registry.ts";
import { repositoryFile } from "../../../support/program.ts";

Deno.test("docs/doctor.md has each area with what is looked at, in the order of the answer", () => {
  const text = Deno.readTextFileSync(repositoryFile("docs/doctor.md"));
  const rows = [...text.matchAll(/^\| ([a-z]+) \| (.*) \|$/gm)].slice(1)
    .map(([, area, looksAt = ""]) => ({ area, looksAt: looksAt.replaceAll("`", "") }));
  assertEquals(rows, CHECKS.map(({ area, looksAt }) => ({ area, looksAt })));
});
