/** Which fields readers see of what is private: those that are listed here, and no others. */

import { assert, assertEquals } from "@std/assert";
import { fieldDifference, isHidden, shownValue } from "../../../src/app/running_plan/fields.ts";
import { KINDS } from "../../../src/resources/registry.ts";

/** Names, places, states, owners, modes, amounts. */
const SHOWN: ReadonlySet<string> = new Set(
  [
    "append cwd creates failures force gid group groups home limits locked mode owner path purge recurse refresh",
    "section sensitive session shell source startup state successes system type uid unit user",
  ].flatMap((names) => names.split(" ")),
);

Deno.test("of what is private each field of each kind is hidden, unless it is known to be no content", () => {
  for (const [kind, { fields }] of Object.entries(KINDS)) {
    for (const name of Object.keys(fields)) {
      assertEquals(isHidden(name, true), !SHOWN.has(name), `${kind}: ${name}`);
    }
  }
  assert(isHidden("a_field_of_tomorrow", true));
  assert(["passwordHash", "env", "headers"].every((name) => isHidden(name, false)));
});

Deno.test("of what is private readers see the sizes of stdin, values, what is asked and what validates", async () => {
  for (
    const name of [
      "stdin",
      "value",
      "values",
      "target",
      "command",
      "http",
      "validate",
      "line",
      "text",
    ]
  ) {
    assertEquals(shownValue(name, "canary", true), "6 bytes (not shown)");
    const params = (value: string) => ({ params: { [name]: value }, meta: {} }) as never;
    const { lines } = await fieldDifference(params("canary"), params("canary-2"), true);
    assertEquals(lines, [`~ ${name}: 6 bytes → 8 bytes (not shown)`]);
    assertEquals(shownValue(name, "canary", false), '"canary"');
  }
});
