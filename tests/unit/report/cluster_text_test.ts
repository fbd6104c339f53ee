import { assertEquals } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import type { ClusterFact } from "../../../src/report/cluster_event.ts";
import type { ReportEvent } from "../../../src/report/event.ts";
import { ToldState } from "../../support/told_state.ts";
import { createReporter } from "../../../src/report/reporter.ts";

/** What is written for one event. */
async function written(event: ReportEvent, format: "human" | "json"): Promise<string> {
  let all = "";
  const take = (part: string) => Promise.resolve(void (all += part));
  const reporter = createReporter({
    format,
    wall: () => new Date("2026-01-02T12:04:05Z"),
    color: false,
    verbosity: "normal",
    endsByItself: false,
    placeOf: () => Promise.resolve(undefined),
    state: new ToldState(),
    writeData: take,
    writeTalk: take,
    yieldTurn: () => Promise.resolve(),
    sleep: () => new Promise(() => {}),
  });
  reporter.event(event);
  await reporter.flush();
  return all;
}

/** Facts, each with what people read of it. */
const SAID: readonly (readonly [ClusterFact, string])[] = [
  [
    { what: "waiting", seeds: true, why: { code: "no-answer" }, warns: false },
    "Cluster: waiting for the seeds: no answer yet",
  ],
  [
    {
      what: "waiting",
      seeds: false,
      why: {
        code: "own-address",
        url: "http://a:2379",
        other: { code: "none-yet", url: "http://a:2379" },
        isThere: true,
      },
      warns: true,
    },
    "Warning: no cluster yet: the own address is taken; http://a:2379 has no cluster yet; " +
    "the own graph runs meanwhile",
  ],
  [
    {
      what: "waiting",
      seeds: true,
      why: {
        code: "other-hosts",
        url: "http://a:2379",
        there: "http://c:2379",
        here: "http://b:2379",
      },
      warns: false,
    },
    "Cluster: waiting for the seeds: http://a:2379 names http://c:2379, which this host does not, " +
    "and not http://b:2379, which this host does: all need the same --seeds, each as that host " +
    "advertises itself",
  ],
  [{ what: "founds", temporary: true }, "Cluster: founds a new cluster, which goes with this run"],
  [
    { what: "joined", clusterId: "c1", client: true, host: "b", url: "http://b:2379" },
    "Cluster: b answers at http://b:2379: this host joins its cluster c1 as a client",
  ],
  [{ what: "leads", revision: 12 }, "Cluster: leads the cluster (12)"],
  [
    {
      what: "contact-lost",
      since: "2026-01-02T03:04:05.678Z",
      forMs: 5000,
      isFirst: false,
      etcdRuns: true,
      uses: { collects: true, ageMs: 180_000 },
      isSaid: false,
    },
    "Cluster: no contact with the cluster since 2026-01-02 03:04:05Z (5 s): the etcd of this host " +
    "runs, a majority does not answer; uses what was collected 3 min ago",
  ],
  [
    { what: "contact-back", forMs: 180_000 },
    "Cluster: contact with the cluster is back after 3 min",
  ],
  [
    {
      what: "majority-away",
      missing: [
        { id: "1", host: "b", clientUrls: ["http://b:2379"], learner: false },
        { id: "2", host: "", clientUrls: [], learner: false },
      ],
      voters: 3,
      needed: 2,
    },
    "Cluster: a majority is away: of its 3 voters 2 must run, and b at http://b:2379, " +
    "2, which was added by hand and has never started do not answer",
  ],
  [
    { what: "etcd-ended", end: "absent", message: "no such address" },
    "Warning: etcd does not start: no such address",
  ],
  [
    { what: "etcd-ended", end: "other", message: "it was killed (SIGKILL)" },
    "Cluster: etcd ended: it was killed (SIGKILL)",
  ],
  [
    {
      what: "store",
      state: "nearly-full",
      fill: { databaseBytes: 85 << 20, inUseBytes: 1 << 20, quotaBytes: 100 << 20, full: false },
    },
    "Warning: the cluster's store is nearly full: 85 of 100 MiB (85 %), 1.0 MiB of that in use",
  ],
  [
    { what: "clocks-apart", url: "http://b:2379", aheadMs: -61_000, others: 1 },
    "Warning: the clock of this host is 1 min 1 s behind that of http://b:2379, and of 1 more: " +
    "set the wrong one right",
  ],
  [
    {
      what: "leave-refused",
      failure: failure("a voter is silent", { hint: "start it" }),
      hasLeft: false,
    },
    "Cluster: does not leave its cluster: a voter is silent",
  ],
  [
    {
      what: "trouble",
      failure: failure("the seeds are of two clusters", { hint: "correct them" }),
    },
    "Warning: the seeds are of two clusters (correct them)",
  ],
  [
    {
      what: "not-let-in",
      failure: failure("the token counts no more", { code: "join-refused", hint: "make another" }),
    },
    "Error: the token counts no more (make another)",
  ],
  [
    { what: "export-left-out", key: "/_mgmt/exported/b/resources/file/a", why: "unreadable" },
    "Warning: an export that cannot be read is left out: /_mgmt/exported/b/resources/file/a",
  ],
];

Deno.test("of an event of the cluster people read a sentence, programs its fields and the same one", async () => {
  for (const [fact, line] of SAID) {
    const event: ReportEvent = { type: "cluster", ...fact };
    assertEquals((await written(event, "human")).replace(/^[0-9:]+ /, ""), `${line}\n`);
    const [, mark, text] = /^(Cluster|Warning|Error): (.*)$/.exec(line)!;
    assertEquals(JSON.parse(await written(event, "json")), {
      v: 2,
      time: "2026-01-02T12:04:05.000Z",
      ...event,
      level: mark === "Cluster" ? "notice" : mark?.toLowerCase(),
      text,
    });
  }
});

Deno.test("what is for programs only has no sentence, and people read nothing of it", async () => {
  const event: ReportEvent = {
    type: "cluster",
    what: "membership",
    clusterId: "c1",
    phase: "voter",
    leader: "b",
    members: [{ id: "1", host: "b", clientUrls: ["http://b:2379"], learner: false }],
  };
  assertEquals(await written(event, "human"), "");
  const { v: _, time: _time, ...rest } = JSON.parse(await written(event, "json"));
  assertEquals(rest, event);
});
