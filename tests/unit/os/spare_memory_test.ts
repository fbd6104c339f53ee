import { assertEquals } from "@std/assert";
import { createSpareMemory } from "../../../src/os/native/spare_memory.ts";
import { ManualClock } from "../../support/manual_clock.ts";

Deno.test("memory is given back once after work, when nothing has happened for a while", async () => {
  const parent = globalThis as { gc?: () => void };
  const { gc } = parent;
  let collected = 0;
  const usage = Deno.memoryUsage;
  let bytes = usage().heapTotal * 2;
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
    // Answers are no reason to wait; the heap grows by a fifth each time.
    Deno.memoryUsage = () => ({ ...usage(), heapTotal: bytes *= 1.2 });
    for (let second = 0; second < 25; second++) {
      memory.answered();
      await clock.pass(1000);
    }
    assertEquals(collected, 3, "who asks each second keeps it from being given back");
    memory.worked();
    await clock.pass(5000);
    memory.answered();
    memory.worked();
    memory.close();
    memory.answered();
    await clock.pass(60_000);
    assertEquals(collected, 3);
  } finally {
    Deno.memoryUsage = usage;
    if (gc === undefined) delete parent.gc;
    else parent.gc = gc;
  }
});
