import { assertEquals } from "@std/assert";
import { ok } from "../../../src/base/result.ts";
import type { BusAnswer, BusCall } from "../../../src/systemd/bus/bus.ts";
import type { ReceivedSignal } from "../../../src/systemd/bus/connection.ts";
import { createLocalBus } from "../../../src/systemd/bus/local_bus.ts";
import { answers, errs } from "../../support/fake_manager.ts";
import { ManualClock, turn } from "../../support/manual_clock.ts";

const MATCH = { service: "a.b", interface: "a.b", member: "Said" };
const BUS = "org.freedesktop.DBus";

/** A bus whose one connection answers as `reply` says. */
function busWith(reply: (call: BusCall) => BusAnswer | Promise<BusAnswer>) {
  const clock = new ManualClock();
  const warned: string[] = [];
  let heard: (signal: ReceivedSignal) => void = () => {};
  const bus = createLocalBus({
    scope: "system",
    clock,
    warn: (text) => void warned.push(text),
    open: (_scope, _clock, hear) => {
      heard = hear;
      const call = async (each: BusCall) => await reply(each);
      return Promise.resolve(ok({ call, close: () => {} }));
    },
  });
  const say = (sender: string, member: string, ...body: unknown[]) => {
    const name = sender === BUS ? BUS : "a.b";
    heard({ sender, path: "/x", interface: name, member, body });
  };
  return { bus, clock, warned, say };
}

Deno.test("a bus that does not tell of all that it was asked to is asked again, and that is said", async () => {
  for (const refused of ["AddMatch", "GetNameOwner"]) {
    let refusals = 2;
    const { bus, clock, warned, say } = busWith(({ member }) =>
      member === refused && refusals-- > 0 ? errs("LimitsExceeded") : answers(":1.7")
    );
    let [heard, renewed] = [0, 0];
    bus.listen({ match: MATCH, heard: () => heard++, renewed: () => renewed++ });
    await clock.pass(30_000);
    say(":1.7", "Said");
    assertEquals([heard, renewed > 1, warned.length > 0], [1, true, true], refused);
    assertEquals(clock.armed, 0);
    bus.close();
  }
  // That nobody runs a service is an answer.
  const none = errs("org.freedesktop.DBus.Error.NameHasNoOwner");
  const { bus, clock, warned } = busWith(({ member }) =>
    member === "GetNameOwner" ? none : answers()
  );
  bus.listen({ match: MATCH, heard: () => {}, renewed: () => {} });
  await clock.pass(30_000);
  assertEquals([warned, clock.armed], [[], 0]);
  bus.close();
});

Deno.test("who has a name now is not forgotten for an answer that came late", async () => {
  const owner = Promise.withResolvers<BusAnswer>();
  const { bus, say } = busWith(({ member }) =>
    member === "GetNameOwner" ? owner.promise : answers()
  );
  let heard = 0;
  bus.listen({ match: MATCH, heard: () => heard++, renewed: () => {} });
  await turn();
  say(BUS, "NameOwnerChanged", "a.b", ":1.1", ":1.2");
  owner.resolve(answers(":1.1"));
  await turn();
  say(":1.2", "Said");
  assertEquals(heard, 1);
  bus.close();
});

Deno.test("a call that waits for its connection ends with its signal", async () => {
  const bus = createLocalBus({
    scope: "system",
    clock: new ManualClock(),
    warn: () => {},
    open: () => Promise.withResolvers<never>().promise,
  });
  const stop = new AbortController();
  const call = bus.call(
    { service: "a.b", path: "/x", interface: "a.b", member: "Do" },
    stop.signal,
  );
  await turn();
  stop.abort();
  const ended = await Promise.race([call, turn().then(() => "it waits")]);
  assertEquals(typeof ended === "string" ? ended : ended.ok, false);
  bus.close();
});
