/** Which changes a wish means. */

import { assert, assertEquals } from "@std/assert";
import { targetsOf } from "../../../../src/app/undo/choose.ts";
import { failure } from "../../../../src/base/result.ts";
import { DAY, inJournal } from "../../../support/journal_world.ts";

Deno.test("since a time: what failed and changed nothing is no change", async () => {
  await inJournal(async (world) => {
    world.changed("file[/a]", "content differs");
    const key = "file[/a]";
    world.event({ type: "failed", key, failure: failure("no room"), retryMs: 1000 });
    world.changed(key, "mode 0600 → 0644");
    const numbers = await world.read((reader) => {
      const choice = { by: "since", sinceMs: DAY } as const;
      const targets = targetsOf({ choice, force: false }, reader, reader.named());
      assert(targets.ok);
      return targets.value.map(({ changes }) => changes.length);
    });
    assertEquals(numbers, [2]);
  });
});
