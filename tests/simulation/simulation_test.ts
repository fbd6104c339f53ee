import { assertEquals } from "@std/assert";
import { simulate } from "./simulate.ts";

const SEEDS = 200;

Deno.test(`${SEEDS} fleets live through faults with all invariants (deno task sim)`, () => {
  for (let seed = 1; seed <= SEEDS; seed++) {
    const { violation } = simulate(seed);
    assertEquals(violation, undefined, `again: deno task sim --seeds 1 --seed ${seed}`);
  }
});

Deno.test("a seed is the same simulation every time", () => {
  const [first, second] = [simulate(5, { trace: true }), simulate(5, { trace: true })];
  assertEquals(first, second);
});
