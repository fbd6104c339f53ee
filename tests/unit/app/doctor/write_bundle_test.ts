/** A bundle is written whole, in nobody's place, and where it cannot be it is said what to do. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { writeBundle } from "../../../../src/app/doctor/bundle/write_bundle.ts";
import { inDirectory } from "../../../support/program.ts";

const CONTENTS = [{ name: "a.json", text: "{}\n" }];

function names(directory: string): readonly string[] {
  return [...Deno.readDirSync(directory)].map(({ name }) => name);
}

Deno.test("of many bundles that are written at once to one name one is there, and the others say so", () =>
  inDirectory(async (directory) => {
    const path = `${directory}/report.tar.gz`;
    for (let round = 0; round < 4; round++) {
      const all = await Promise.all(
        Array.from({ length: 8 }, () => writeBundle(path, CONTENTS, false)),
      );
      assertEquals(all.filter(({ ok }) => ok).length, 1);
      for (const each of all) if (!each.ok) assertEquals(each.failure.code, "exists");
      assertEquals(names(directory), ["report.tar.gz"]);
      Deno.removeSync(path);
    }
    const forced = await Promise.all([1, 2, 3].map(() => writeBundle(path, CONTENTS, true)));
    assertEquals(forced.filter(({ ok }) => ok).length, 3);
    assertEquals(names(directory), ["report.tar.gz"]);
  }));

Deno.test("a bundle into a directory where one may not write, or that is not there, says what to do", async () => {
  // Nobody may make a file there, also root.
  const forbidden = await writeBundle("/sys/kernel/report.tar.gz", CONTENTS, false);
  assert(!forbidden.ok);
  assertStringIncludes(forbidden.failure.message, "cannot write /sys/kernel/report.tar.gz: ");
  assertEquals(forbidden.failure.hint, "name a file where you may write");
  const absent = await writeBundle("/sys/kernel/none/report.tar.gz", CONTENTS, false);
  assert(!absent.ok);
  assertEquals(absent.failure.hint, "name a file in a directory that is there");
});
