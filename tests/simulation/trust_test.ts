/** Clusters that hosts join by tokens, and whose authority is replaced while faults strike. */

import { assertEquals } from "@std/assert";
import { simulate } from "./simulate.ts";

const SEEDS = 12;

Deno.test(`${SEEDS} fleets with tokens, and with one authority after another, live through faults with all invariants (deno task sim --trust)`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violation } = await simulate(seed, { trust: true });
    assertEquals(violation, undefined, `again: deno task sim --seeds 1 --seed ${seed} --trust`);
  }
});
