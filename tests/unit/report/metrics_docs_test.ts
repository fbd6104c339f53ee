/** The table of docs/monitoring.md has every metric; `MGMT_UPDATE_GOLDENS=1` writes it anew. */

import { assert, assertEquals } from "@std/assert";
import { FAMILIES } from "../../../src/report/metrics/text.ts";
import { repositoryFile } from "../../support/program.ts";

const PAGE = repositoryFile("docs/monitoring.md");
const TABLE = /(<!-- metrics:[^\n]*-->\n)[^]*?(<!-- end of metrics -->)/;

function tableOf(): string {
  const rows = FAMILIES.map(({ name, type, labels = [], help }) => {
    const shown = labels.length === 0 ? "" : `{${labels.join(", ")}}`;
    return `| \`${name}${shown}\` | ${type} | ${help} |`;
  });
  return ["", "| metric | type | |", "| --- | --- | --- |", ...rows, "", ""].join("\n");
}

Deno.test("the table of metrics in the documentation is that of the code", () => {
  const page = Deno.readTextFileSync(PAGE);
  assert(TABLE.test(page));
  const now = page.replace(TABLE, (_, begin, end) => `${begin}${tableOf()}${end}`);
  if (Deno.env.get("MGMT_UPDATE_GOLDENS") === "1") Deno.writeTextFileSync(PAGE, now);
  else assertEquals(page, now);
});
