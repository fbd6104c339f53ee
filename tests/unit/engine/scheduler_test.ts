import { assertEquals } from "@std/assert";
import { Scheduler, type SchedulerNode, schedulerNode } from "../../../src/engine/scheduler.ts";

function link(from: SchedulerNode<null>, to: SchedulerNode<null>): void {
  from.children = [...from.children, to];
  to.parents = [...to.parents, from];
}

Deno.test("a chain of 20,000 that all wake each other needs no deep stack", async () => {
  const nodes = Array.from({ length: 20_000 }, (_, index) => schedulerNode(`${index}`, null));
  for (let index = 1; index < nodes.length; index++) {
    link(nodes[index - 1] as SchedulerNode<null>, nodes[index] as SchedulerNode<null>);
  }
  let visits = 0;
  const quiet = Promise.withResolvers<void>();
  const scheduler = new Scheduler<null>({
    visit: () => {
      visits++;
      return "changed";
    },
    changing: () => false,
    blocked: () => {},
    woken: () => {},
    quiet: () => quiet.resolve(),
    yieldTurn: () => undefined,
  });
  await scheduler.markAll(nodes);
  await quiet.promise;
  assertEquals(visits, nodes.length);
  // Now by waking: each is marked by the change of the one before it.
  scheduler.mark(nodes[0] as SchedulerNode<null>);
  while (scheduler.pending > 0) await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(visits, 2 * nodes.length);
});
