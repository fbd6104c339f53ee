import { assertEquals } from "@std/assert";
import { connect } from "../../../src/systemd/bus/connection.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { inDirectory } from "../../support/program.ts";
import { FIRST_CALL, message, serveBus, signal } from "../../support/raw_bus.ts";

/** What a client hears of a bus that sends these messages, until the signal `last`, or that it broke. */
async function heardOf(messages: readonly Uint8Array[]) {
  return await inDirectory(async (directory) => {
    const socket = `${directory}/bus`;
    const served = serveBus(socket, messages);
    const heard: string[] = [];
    const over = Promise.withResolvers<void>();
    const connected = await connect({
      socket,
      clock: createLocalClock(),
      heard: ({ member, body }) => {
        heard.push(`${member} ${String(body[0]).length}`);
        if (member === "last") over.resolve();
      },
      broke: (reason) => {
        heard.push(reason);
        over.resolve();
      },
    });
    assertEquals(connected.ok, true);
    const ready = { service: "a.b", path: "/x", interface: "a.b", member: FIRST_CALL };
    if (connected.ok) void connected.value.call(ready);
    const patience = setTimeout(() => over.resolve(), 60_000);
    await over.promise;
    clearTimeout(patience);
    if (connected.ok) connected.value.close();
    await served;
    return heard;
  });
}

Deno.test("a signal that is too long is left out, wherever it is cut, and those after it are heard", async () => {
  const long = signal("long", "x".repeat(400_000));
  const pieces = [long.subarray(0, 7), long.subarray(7, 100), long.subarray(100)];
  const messages = [...pieces, long, signal("last", "abc")];
  assertEquals(await heardOf(messages), ["last 3"]);
});

Deno.test("an answer that is too long ends the connection instead of a wait in vain", async () => {
  const long = message("answer", [[5, "u", 2], [7, "s", ":1.9"]], 17_000_000);
  const [reason = "it waits"] = await heardOf([long]);
  assertEquals(reason.replace(/\d+/, "N"), "an answer of N bytes is longer than is read");
});
