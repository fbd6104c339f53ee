// both runtimes: it writes to real sockets and streams

import { assertEquals, assertMatch } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import { encodeEntry, openJournal } from "../../../src/systemd/journal_socket.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import type { ReportEvent } from "../../../src/report/event.ts";
import { JournalSink } from "../../../src/report/journal_sink.ts";
import { ToldState } from "../../support/told_state.ts";
import { createReporter } from "../../../src/report/reporter.ts";
import { DatagramListener } from "../../support/datagram_listener.ts";
import { inDirectory } from "../../support/program.ts";

type Entry = Readonly<Record<string, string>>;

/** What a run says under a journal that takes entries (or, with `refuses`, does not). */
async function said(
  events: readonly ReportEvent[],
  refuses = false,
): Promise<{ readonly entries: Entry[]; readonly lines: string }> {
  const entries: Entry[] = [];
  let lines = "";
  const { yieldTurn: yieldTurn, sleep } = createLocalClock();
  const write = (text: string) => Promise.resolve(void (lines += text));
  const send = (fields: Entry) => {
    if (!refuses) entries.push(fields);
    return Promise.resolve(!refuses);
  };
  const reporter = createReporter({
    format: "human",
    wall: () => new Date(0),
    color: true,
    verbosity: "verbose",
    endsByItself: false,
    placeOf: () => Promise.resolve({ file: "g.yaml", line: 3, column: 5 }),
    journal: new JournalSink({ send, writeTalk: write, yieldTurn, sleep }),
    state: new ToldState(),
    writeData: write,
    writeTalk: write,
    yieldTurn,
    sleep,
  });
  for (const event of events) reporter.event(event);
  await reporter.flush();
  return { entries, lines };
}

const KEY = "file[/etc/motd]";
const EVENTS: readonly ReportEvent[] = [
  { type: "notice", topic: "State", text: "graphStarting" },
  { type: "ok", key: "noop[n]" },
  { type: "apply", key: KEY, reason: "content differs", refresh: false },
  { type: "difference", key: KEY, lines: ["-old", "+new"] },
  { type: "failed", key: "exec[a[b]]", failure: failure("no", { hint: "make room" }) },
  { type: "warning", text: "look out" },
  { type: "stopping", why: "Interrupted by exit signal", working: ["exec[h]"] },
];

Deno.test("journal entries have priority, kind and name, and no time and no colours", async () => {
  const { entries, lines } = await said(EVENTS);
  assertEquals(lines, "");
  for (const entry of entries) assertEquals(entry["SYSLOG_IDENTIFIER"], "mgmt");
  const shown = entries.map(({ PRIORITY, MESSAGE, MGMT_KIND, MGMT_NAME }) => [
    `${PRIORITY} ${MESSAGE}`,
    MGMT_KIND,
    MGMT_NAME,
  ]);
  assertEquals(shown, [
    ["6 State: graphStarting", undefined, undefined],
    ["7 Noop[n]: ok", "noop", "n"],
    ["5 File[/etc/motd]: Apply: content differs", "file", "/etc/motd"],
    ["6 File[/etc/motd]: Difference:\n-old\n+new", "file", "/etc/motd"],
    [
      "3 Exec[a[b]]: Failed: no (g.yaml:3:5); no further try by itself\nhint: make room",
      "exec",
      "a[b]",
    ],
    ["4 Warning: look out", undefined, undefined],
    ["6 Interrupted by exit signal", undefined, undefined],
    ["6 Waiting for Exec[h]", undefined, undefined],
  ]);
});

Deno.test("where the journal takes no entries, each line has its priority in front", async () => {
  const { entries, lines } = await said(EVENTS, true);
  assertEquals(entries, []);
  assertEquals(
    lines,
    `<6>State: graphStarting
<7>Noop[n]: ok
<5>File[/etc/motd]: Apply: content differs
<6>File[/etc/motd]: Difference:
<6>-old
<6>+new
<3>Exec[a[b]]: Failed: no (g.yaml:3:5); no further try by itself
<3>hint: make room
<4>Warning: look out
<6>Interrupted by exit signal
<6>Waiting for Exec[h]
`,
  );
});

Deno.test("a graph with mistakes is one entry, however long the list is", async () => {
  const text = `g.yaml:1:1: error: no\n${"  excerpt\n".repeat(20_000)}`;
  const { entries } = await said([
    { type: "diagnostics", text, errors: 3, warnings: 0, keepsOld: true },
  ]);
  assertEquals(entries.map(({ PRIORITY }) => PRIORITY), ["3", "3"]);
  assertMatch(entries[0]?.["MESSAGE"] ?? "", /^g\.yaml:1:1: error: no\n.{1,40000}…$/s);
});

Deno.test("the native format has lines, and lengths where a value has several", () => {
  const bytes = encodeEntry({ MESSAGE: "ä\nb", PRIORITY: "6" });
  const text = [...bytes].map((byte) => String.fromCharCode(byte)).join("");
  assertEquals(text, "MESSAGE\n\x04\0\0\0\0\0\0\0\xc3\xa4\nb\nPRIORITY=6\n");
});

Deno.test("entries reach the journal's socket, also when it is behind", async () => {
  await inDirectory(async (directory) => {
    const places = { socket: `${directory}/socket`, stderr: `${directory}/stderr` };
    await Deno.writeTextFile(places.stderr, "");
    const listener = await DatagramListener.at(places.socket, { paused: true });
    const { dev, ino } = await Deno.stat(places.stderr);
    Deno.env.set("JOURNAL_STREAM", `${dev}:${ino}`);
    const journal = openJournal(createLocalClock(), places);
    assertEquals(Deno.env.has("JOURNAL_STREAM"), false);
    const all = Array.from({ length: 20 }, async (_, index) => {
      return await journal?.send?.({ MESSAGE: `${index} ${"x".repeat(50_000)}` });
    });
    await listener.resume();
    assertEquals(await Promise.all(all), Array.from({ length: 20 }, () => true));
    assertEquals((await listener.has(20)).length, 20);
    await listener.close();
    // Its socket is gone with it in no real journal, but may be.
    await Deno.remove(places.socket);
    assertEquals(await journal?.send?.({ MESSAGE: "late" }), false);
    journal?.close();
  });
});

Deno.test("a standard error that leads elsewhere is no journal", async () => {
  await inDirectory(async (directory) => {
    const places = { socket: `${directory}/socket`, stderr: `${directory}/stderr` };
    await Deno.writeTextFile(places.stderr, "");
    for (const stream of ["1:2", "", "nonsense"]) {
      Deno.env.set("JOURNAL_STREAM", stream);
      assertEquals(openJournal(createLocalClock(), places), undefined);
    }
    const { dev, ino } = await Deno.stat(places.stderr);
    Deno.env.set("JOURNAL_STREAM", `${dev}:${ino}`);
    assertEquals(openJournal(createLocalClock(), places)?.send, undefined);
    assertEquals(Deno.env.has("JOURNAL_STREAM"), false);
    assertEquals(openJournal(createLocalClock(), { ...places, stderr: "/nowhere" }), undefined);
  });
});
