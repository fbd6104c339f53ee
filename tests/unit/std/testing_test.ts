import { assertEquals, AssertionError, assertThrows } from "@std/assert";
import { assertSpyCalls, MockError, spy } from "@std/testing/mock";
import { FakeTime, TimeError } from "@std/testing/time";

Deno.test("a spy does what its function does, and remembers each call", () => {
  const half = spy(function (this: string | void, value: number) {
    if (value % 2 !== 0) throw new RangeError("odd");
    return value / 2;
  });
  assertSpyCalls(half, 0);
  assertEquals(half.call("me", 4), 2);
  assertThrows(() => half(3), RangeError, "odd");
  assertSpyCalls(half, 2);
  assertEquals(half.calls[0], { args: [4], returned: 2, self: "me" });
  assertEquals([half.calls[1]?.args, half.calls[1]?.error?.message], [[3], "odd"]);
  assertThrows(() => assertSpyCalls(half, 1), AssertionError, "2 calls instead of 1: RangeError");
  assertThrows(() => half.restore(), MockError);
});

Deno.test("a spy of nothing does nothing", () => {
  const nothing = spy();
  assertEquals(nothing("a", 1), undefined);
  assertEquals(nothing.calls, [{ args: ["a", 1], returned: undefined }]);
});

Deno.test("faked time stands still until it is moved, and timers run in their order", () => {
  const order: string[] = [];
  const say = (what: string) => order.push(`${what} ${Date.now() - 1000}`);
  using time = new FakeTime(1000);
  assertEquals([time.start, time.now, Date.now(), new Date().getTime()], [1000, 1000, 1000, 1000]);
  setTimeout(say, 20, "late");
  setTimeout(() => setTimeout(say, 5, "made by the first"), 10);
  setTimeout(say, 10, "second");
  clearTimeout(setTimeout(say, 15, "never"));
  const every = setInterval(say, 8, "every");
  time.tick(9);
  assertEquals(order, ["every 8"]);
  time.tick(11);
  clearInterval(every);
  assertEquals(order, ["every 8", "second 10", "made by the first 15", "every 16", "late 20"]);
  assertEquals(time.next(), false);
  setTimeout(say, 100, "next");
  assertEquals([time.next(), time.now], [true, 1120]);
  assertThrows(() => time.now = 5, TimeError);
});

Deno.test("faked dates are dates, and one that is given is that", () => {
  using _ = new FakeTime("2026-01-02T03:04:05Z");
  assertEquals(new Date().toISOString(), "2026-01-02T03:04:05.000Z");
  assertEquals(new Date(0).getTime(), 0);
  assertEquals([new Date() instanceof Date, Date.UTC(1970, 0)], [true, 0]);
  assertEquals(Date(), new Date().toString());
});

Deno.test("promises go on before time does", async () => {
  using time = new FakeTime();
  const fired = spy();
  void Promise.resolve().then(() => setTimeout(fired, 10));
  await time.tickAsync(10);
  assertSpyCalls(fired, 1);
});

Deno.test("what a timer throws stops time there", () => {
  using time = new FakeTime(0);
  setTimeout(() => {
    throw new RangeError("no");
  }, 5);
  assertThrows(() => time.tick(10), RangeError);
  assertEquals(time.now, 5);
});

Deno.test("time is real again afterwards, and faked once at a time", () => {
  const real = [Date, setTimeout, clearTimeout, setInterval, clearInterval];
  {
    using _ = new FakeTime();
    assertThrows(() => new FakeTime(), TimeError, "already faked");
  }
  assertEquals([Date, setTimeout, clearTimeout, setInterval, clearInterval], real);
  const time = new FakeTime();
  FakeTime.restore();
  assertThrows(() => time.restore(), TimeError);
  assertThrows(() => FakeTime.restore(), TimeError);
});
