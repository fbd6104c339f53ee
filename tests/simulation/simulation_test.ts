import { assertEquals } from "@std/assert";
import { simulate } from "./simulate.ts";

const SEEDS = 200;

Deno.test(`${SEEDS} fleets live through faults with all invariants (deno task sim)`, async () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violation } = await simulate(seed);
    assertEquals(violation, undefined, `again: deno task sim --seeds 1 --seed ${seed}`);
  }
});

Deno.test("a seed is the same simulation every time", async () => {
  const [first, second] = [
    await simulate(5, { trace: true }),
    await simulate(5, { trace: true }),
  ];
  assertEquals(first, second);
});
