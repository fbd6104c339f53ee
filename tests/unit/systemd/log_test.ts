import { assert, assertEquals } from "@std/assert";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import {
  createLocalLog,
  journalEntry,
  type LogSockets,
  syslogEntry,
} from "../../../src/systemd/local_log.ts";
import { DatagramListener } from "../../support/datagram_listener.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { inDirectory, within } from "../../support/program.ts";

const ENTRY = { message: "all is well", priority: 5, fields: { APP: "web" } };
const never = new AbortController().signal;

function socketsIn(directory: string): LogSockets {
  return { journal: `${directory}/journal`, syslog: `${directory}/syslog` };
}

const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

Deno.test("an entry of the journal says from whom it is", () => {
  assertEquals(
    decode(journalEntry(ENTRY)),
    "SYSLOG_IDENTIFIER=mgmt\nAPP=web\nPRIORITY=5\nMESSAGE=all is well\n",
  );
});

Deno.test("a line of syslog has facility and priority, and is cut", () => {
  assertEquals(decode(syslogEntry(ENTRY)), "<13>mgmt: all is well");
  assertEquals(decode(syslogEntry({ ...ENTRY, message: "one\n  two\n" })), "<13>mgmt: one / two");
  assertEquals(syslogEntry({ ...ENTRY, message: "x".repeat(10_000) }).length, 8192);
});

Deno.test("the journal gets it; where there is none the syslog; where there is neither it is said", async () => {
  await inDirectory(async (directory) => {
    const sockets = socketsIn(directory);
    const log = createLocalLog(createLocalClock(), sockets);
    assertEquals(await log.write(ENTRY, never), { ok: true, value: "nowhere" });
    const syslog = await DatagramListener.at(sockets.syslog);
    assertEquals(await log.write(ENTRY, never), { ok: true, value: "syslog" });
    const first = await DatagramListener.at(sockets.journal);
    assertEquals(await log.write(ENTRY, never), { ok: true, value: "journal" });
    assertEquals(await syslog.has(1), [decode(syslogEntry(ENTRY))]);
    assertEquals(await first.has(1), [decode(journalEntry(ENTRY))]);
    // A socket that nobody listens on any more is left behind.
    await first.close();
    assertEquals(await log.write(ENTRY, never), { ok: true, value: "syslog" });
    await syslog.close();
  });
});

Deno.test("a log that is busy is waited for, not for ever", async () => {
  await inDirectory(async (directory) => {
    const sockets = socketsIn(directory);
    const listener = await DatagramListener.at(sockets.journal, { paused: true });
    const clock = new ManualClock();
    const log = createLocalLog(clock, sockets);
    // Until its queue is full, which the kernel counts.
    let waiting: ReturnType<typeof log.write> | undefined;
    for (let count = 0; clock.armed === 0 && count < 10_000; count++) {
      waiting = log.write(ENTRY, never);
    }
    await clock.pass(4_000);
    assertEquals(clock.armed, 1);
    await clock.pass(2_000);
    const result = await waiting;
    assert(result?.ok === false);
    assertEquals(result.failure.code, "busy");
    const second = log.write(ENTRY, never);
    await listener.resume();
    await within(30_000, () => listener.messages.length > 0, "nothing came");
    await clock.pass(1_000);
    assertEquals(await second, { ok: true, value: "journal" });
    await listener.close();
  });
});

Deno.test("what is too long for the log is a failure", async () => {
  await inDirectory(async (directory) => {
    const sockets = socketsIn(directory);
    const listener = await DatagramListener.at(sockets.journal);
    const log = createLocalLog(createLocalClock(), sockets);
    const result = await log.write({ ...ENTRY, message: "x".repeat(10_000_000) }, never);
    assertEquals(result.ok ? "" : result.failure.code, "too-long");
    await listener.close();
  });
});
