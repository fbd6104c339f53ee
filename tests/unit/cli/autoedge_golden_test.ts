/**
 * Every `tests/golden/autoedge/NAME.yaml` as `mgmt graph --after autoedge` shows it, in each format,
 * and what it says beside. With `MGMT_UPDATE_GOLDENS=1` the texts are written anew; read the
 * difference before committing it.
 */

import { assert, assertEquals } from "@std/assert";
import { runLine } from "../../support/cli_surface.ts";

const DIRECTORY = new URL("../../golden/autoedge/", import.meta.url);
const UPDATE = Deno.env.get("MGMT_UPDATE_GOLDENS") === "1";
const FORMATS = ["tree", "dot", "mermaid", "json"];

const names = [...Deno.readDirSync(DIRECTORY)].map(({ name }) => name)
  .filter((name) => name.endsWith(".yaml")).map((name) => name.slice(0, -".yaml".length)).sort();

for (const name of names) {
  for (const format of FORMATS) {
    Deno.test(`graph --after autoedge shows ${name}.yaml as ${format} as agreed`, async () => {
      const path = new URL(`${name}.yaml`, DIRECTORY).pathname;
      const line = ["graph", path, "--after", "autoedge", "--format", format];
      const { code, data, talk, restrictedAfter } = await runLine(line);
      assertEquals([code, restrictedAfter], [0, 0]);
      const actual = format === "tree" ? `${data}\n${talk}` : data;
      const golden = new URL(`${name}.${format}.txt`, DIRECTORY);
      if (UPDATE) Deno.writeTextFileSync(golden, actual);
      assertEquals(actual, Deno.readTextFileSync(golden));
    });
  }
}

Deno.test("there are goldens", () => {
  assert(names.length >= 2);
});
