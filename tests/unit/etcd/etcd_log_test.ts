import { assertEquals } from "@std/assert";
import { logSize, readEnd } from "../../../src/etcd/server/etcd_log.ts";
import { inDirectory } from "../../support/program.ts";

const ENDED_AT = new Date("2026-01-02T03:04:05Z");

/** A line of etcd's log, so many seconds before it ended. */
function line(level: string, msg: string, error = "", secondsBefore = 0): string {
  const ts = new Date(ENDED_AT.getTime() - secondsBefore * 1000).toISOString();
  return `${JSON.stringify({ level, ts, msg, ...error === "" ? {} : { error } })}\n`;
}

const STARTS = line("info", "starting an etcd server", "initial-corrupt-check: false");

/** How an etcd ended whose log got this. */
async function endOf(log: string, { before = "", output: printed = "" } = {}): Promise<string> {
  let read = "";
  await inDirectory((directory) => {
    Deno.writeTextFileSync(`${directory}/log`, before);
    const from = logSize(`${directory}/log`);
    Deno.writeTextFileSync(`${directory}/log`, log, { append: true });
    Deno.writeTextFileSync(`${directory}/output`, printed);
    const output = `${directory}/output`;
    const { end, message } = readEnd(`${directory}/log`, from, output, ENDED_AT);
    read = `${end}: ${message}`;
    return Promise.resolve();
  });
  return read;
}

Deno.test("what etcd complained of and went on is not why it ended", async () => {
  const complaint = line("warn", "failed to purge snap", "permission denied");
  assertEquals(await endOf(STARTS + complaint), "other: failed to purge snap: permission denied");
  assertEquals(await endOf(STARTS), "other: it said nothing");
});

Deno.test("what etcd complained of long before is not why it ended", async () => {
  const old = line("warn", "lost contact with h2", "", 3600) +
    line("warn", "the member has been permanently removed from the cluster", "", 60);
  assertEquals(await endOf(old), "other: it said nothing");
  assertEquals(await endOf(old + line("warn", "slow disk", "", 1)), "other: slow disk");
});

Deno.test("what etcd ended with is why it ended", async () => {
  const failed = "write db: no space left on device";
  const fatal = line("fatal", "failed to save Raft hard state", failed);
  const noise = line("warn", "apply request took too long");
  assertEquals(
    await endOf(STARTS + noise + fatal + noise),
    `final: failed to save Raft hard state: ${failed}`,
  );
  assertEquals(
    await endOf(STARTS, { output: "panic: freepages: corrupt\n\ngoroutine 1 [running]:\n" }),
    "final: panic: freepages: corrupt",
  );
  const removed = line("warn", "the member has been permanently removed from the cluster");
  assertEquals(
    await endOf(removed + line("info", "stopped")),
    "removed: the member has been permanently removed from the cluster",
  );
});

Deno.test("a log that had no room for its last line tells of a full disk", async () => {
  const full = line("error", "writing data failed", "no space left on device");
  const cut = line("error", "committing failed", "no space left on device").slice(0, -20);
  assertEquals(
    await endOf(full + cut),
    "final: writing data failed: no space left on device; committing failed",
  );
  const fatal = line("fatal", "failed to commit tx", "no space left on device").slice(0, -20);
  assertEquals(
    await endOf(full + fatal),
    "final: writing data failed: no space left on device; failed to commit tx",
  );
  assertEquals(await endOf(full), "other: writing data failed: no space left on device");
  const noise = line("warn", "slow disk");
  assertEquals(await endOf(noise + cut.slice(0, 60)), "other: slow disk; comm");
});

Deno.test("an end is not looked for in the run before, nor in the rest of a line that was cut", async () => {
  const corrupt = line("fatal", "failed to read WAL", "crc mismatch");
  assertEquals(await endOf(STARTS, { before: corrupt }), "other: it said nothing");
  const long = line("info", "x".repeat(40_000), "corrupt");
  assertEquals(await endOf(long), "other: it said nothing");
});
