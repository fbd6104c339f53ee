import { assertEquals } from "@std/assert";
import type { WatcherContext } from "../../../src/os/watch/context.ts";
import { PathChange, type PathNode, type Subscription } from "../../../src/os/watch/model.ts";
import { Notifier } from "../../../src/os/watch/notifier.ts";

/** A notifier where a second is over at each look at the clock, and who is told of one change at a node. */
function onBusyMachine(count: number) {
  let nowMs = 0;
  const turn = Promise.withResolvers<void>();
  const clock = { nowMs: () => nowMs += 1000, yieldTurn: () => turn.promise };
  const context = { clock, closed: false, kernel: "none" } as unknown as WatcherContext;
  const told: number[] = [];
  const node = { name: "a" } as PathNode;
  node.subscriptions = Array.from({ length: count }, (_, index): Subscription => ({
    ...{ node, tree: false, entries: undefined, follow: false, closed: false, more: 0 },
    ...{ seen: undefined, last: undefined, changed: () => void told.push(index) },
  }));
  const notifier = new Notifier(context);
  notifier.wake(node, new PathChange("/", "a", "moved away"));
  notifier.flush();
  return { told, turn };
}

Deno.test("who belongs together is told in one go, also where the machine gives no time", () => {
  assertEquals(onBusyMachine(12).told.length, 12);
});

Deno.test("of very many some are told at once, and all after a turn of the loop", async () => {
  const { told, turn } = onBusyMachine(30);
  const atOnce = told.length;
  turn.resolve();
  await turn.promise;
  await Promise.resolve();
  assertEquals([atOnce < 30, told.length], [true, 30]);
});
