/**
 * Every `tests/golden/agents/NAME.txt`: whole agents, from a command to what comes of it
 * (`scenario.ts`). With `MGMT_UPDATE_GOLDENS=1` what comes is written instead of compared; read the
 * difference before committing it.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { answered } from "./scenario.ts";

const DIRECTORY = new URL("../golden/agents/", import.meta.url);

const names = [...Deno.readDirSync(DIRECTORY)].map((entry) => entry.name)
  .filter((name) => name.endsWith(".txt")).toSorted();

Deno.test("there are scenarios of whole agents", () => assert(names.length >= 8));

for (const name of names) {
  Deno.test(`whole agents: ${name}`, async () => {
    const file = new URL(name, DIRECTORY);
    const text = Deno.readTextFileSync(file);
    const now = await answered(text);
    if (Deno.env.get("MGMT_UPDATE_GOLDENS")) Deno.writeTextFileSync(file, now);
    else assertEquals(text, now);
  });
}
