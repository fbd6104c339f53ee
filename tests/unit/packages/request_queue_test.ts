import { assertEquals } from "@std/assert";
import type { ChangeRequest } from "../../../src/packages/change_request.ts";
import { RequestQueue } from "../../../src/packages/request_queue.ts";
import { wanted } from "../../support/fake_packages.ts";
import { ManualClock } from "../../support/manual_clock.ts";

/** A clock on which a turn of the loop takes until it is told to be over, as behind long work. */
class BusyClock extends ManualClock {
  readonly #turns: (() => void)[] = [];

  override yieldTurn(): Promise<void> {
    return new Promise((resolve) => this.#turns.push(resolve));
  }

  async endTurn(): Promise<void> {
    for (const goOn of this.#turns.splice(0)) goOn();
    await this.pass(0);
  }
}

Deno.test("what comes while the loop is busy, when the wait is over, is of the same group", async () => {
  const clock = new BusyClock();
  const groups: string[][] = [];
  const queue = new RequestQueue(clock, {
    fulfil: (requests: readonly ChangeRequest[]) => {
      groups.push(requests.map(({ change }) => change.name));
      for (const request of requests) request.settle(undefined);
      return Promise.resolve();
    },
  });
  const first = queue.add(wanted("one"));
  await clock.pass(1000);
  const second = queue.add(wanted("two"));
  await clock.endTurn();
  assertEquals(groups, [], "it waits for what may follow the second");
  await clock.pass(1000);
  await clock.endTurn();
  await Promise.all([first, second]);
  assertEquals(groups, [["one", "two"]]);
  assertEquals(clock.armed, 0);
});

Deno.test("a queue that is closed while the loop is busy begins nothing", async () => {
  const clock = new BusyClock();
  let begun = 0;
  const queue = new RequestQueue(clock, { fulfil: () => Promise.resolve(void begun++) });
  void queue.add(wanted("one"));
  await clock.pass(1000);
  queue.close();
  await clock.endTurn();
  assertEquals([begun, clock.armed], [0, 0]);
});

Deno.test("who is being answered is waited for, since it may want something next, but not for ever", async () => {
  const clock = new ManualClock();
  const groups: string[][] = [];
  let asked: PromiseWithResolvers<void> | undefined = Promise.withResolvers<void>();
  const queue = new RequestQueue(clock, {
    expected: () => asked?.promise,
    fulfil: (requests: readonly ChangeRequest[]) => {
      groups.push(requests.map(({ change }) => change.name));
      for (const request of requests) request.settle(undefined);
      return Promise.resolve();
    },
  });
  const first = queue.add(wanted("one"));
  await clock.pass(1000);
  assertEquals(groups, []);
  const { resolve } = asked;
  asked = undefined;
  resolve();
  await clock.pass(0);
  const second = queue.add(wanted("two"));
  await clock.pass(1000);
  await Promise.all([first, second]);
  assertEquals(groups, [["one", "two"]]);
  asked = Promise.withResolvers<void>();
  const third = queue.add(wanted("three"));
  await clock.pass(6000);
  await third;
  assertEquals([groups.length, clock.armed], [2, 0]);
});
