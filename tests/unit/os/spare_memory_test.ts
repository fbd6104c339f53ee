import { assertEquals } from "@std/assert";
import { createSpareMemory } from "../../../src/os/native/spare_memory.ts";
import { ManualClock } from "../../support/manual_clock.ts";

Deno.test("memory is given back once after work, when nothing has happened for a while", async () => {
  const parent = globalThis as { gc?: () => void };
  const { gc } = parent;
  let collected = 0;
  parent.gc = () => void collected++;
  try {
    const clock = new ManualClock();
    const memory = createSpareMemory(clock);
    await clock.pass(60_000);
    assertEquals(collected, 0);
    memory.worked();
    await clock.pass(8000);
    memory.worked();
    await clock.pass(8000);
    assertEquals(collected, 0, "work goes on");
    await clock.pass(3000);
    assertEquals(collected, 1);
    await clock.pass(60_000);
    memory.worked();
    memory.close();
    await clock.pass(60_000);
    assertEquals(collected, 1);
  } finally {
    if (gc === undefined) delete parent.gc;
    else parent.gc = gc;
  }
});
