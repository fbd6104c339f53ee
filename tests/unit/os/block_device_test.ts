/** Devices are told by their numbers. */

import { assertEquals } from "@std/assert";
import { inKindWorld } from "../../support/kind_world.ts";

Deno.test({
  name: "a look at a block device says which one it is, also with large numbers",
  ignore: Deno.uid() !== 0,
  fn: () =>
    inKindWorld(async ({ host, path }) => {
      for (const numbers of [[8, 17], [259, 70_000], [7, 255]]) {
        const name = path(numbers.join("-"));
        const made = await new Deno.Command("mknod", {
          args: [name, "b", ...numbers.map(String)],
        }).output();
        if (!made.success) return;
        const seen = await host.files.look(name);
        const device = seen.ok && seen.value.type === "other" ? seen.value.device : undefined;
        assertEquals(device, numbers.join(":"));
      }
      const other = await host.files.look("/dev/null");
      assertEquals(other.ok && "device" in other.value, false);
    }),
});
