import { assertEquals } from "@std/assert";
import { nextWordMs } from "../../../src/base/words_due.ts";

Deno.test("what goes on for a day is said ever more rarely, at last every hour", () => {
  const said: number[] = [];
  for (let at = nextWordMs(undefined); at <= 24 * 3600_000; at = nextWordMs(at)) said.push(at);
  assertEquals(said.slice(0, 8).map((at) => at / 1000), [10, 30, 60, 300, 900, 1800, 3600, 7200]);
  assertEquals(said.length, 6 + 24);
});
