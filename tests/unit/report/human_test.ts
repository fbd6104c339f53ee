import { assertEquals, assertStringIncludes } from "@std/assert";
import type { Recap } from "../../../src/engine/event.ts";
import { failure } from "../../../src/base/result.ts";
import type { ReportEvent } from "../../../src/report/event.ts";
import { sinkList } from "../../../src/report/sinks.ts";
import { ToldState } from "../../support/told_state.ts";
import { createReporter, type ReporterOptions } from "../../../src/report/reporter.ts";

const RECAP: Recap = {
  ok: 4,
  changed: 1,
  failed: 0,
  blocked: 0,
  contested: 0,
  held: 0,
  noop: 0,
  aborted: 0,
};
const NOON = new Date(2026, 0, 2, 12, 4, 5);

/** The text that events become. */
async function said(
  events: readonly ReportEvent[],
  options: Partial<ReporterOptions> = {},
): Promise<string> {
  let text = "";
  const take = (part: string) => Promise.resolve(void (text += part));
  const state = new ToldState();
  const reporter = createReporter({
    format: "human",
    wall: () => NOON,
    color: false,
    verbosity: "normal",
    endsByItself: false,
    placeOf: () => Promise.resolve(undefined),
    state,
    writeData: take,
    writeTalk: take,
    yieldTurn: () => Promise.resolve(),
    sleep: () => new Promise(() => {}),
    ...options,
  });
  const all = sinkList([state, reporter]);
  for (const event of events) all.event(event);
  await all.flush();
  return text;
}

/** The same without the times. */
async function lines(
  events: readonly ReportEvent[],
  options: Partial<ReporterOptions> = {},
): Promise<string[]> {
  const text = await said(events, options);
  return text.split("\n").slice(0, -1).map((line) => line.replace(/^12:04:05 /, ""));
}

const GRAPH: ReportEvent = {
  type: "graph",
  name: "g",
  vertices: 4,
  edges: 2,
  automatic: 0,
  added: 4,
  changed: 0,
  removed: 0,
  kept: 0,
  seed: 9,
  keys: () => [],
};

Deno.test("a run begins with name, version, start and size, each with the time of day", async () => {
  const text = await said([
    { type: "start", version: "0.1.0", startedNs: "1452398104100455639", file: "g.yaml" },
    { type: "notice", topic: "State", text: "graphStarting" },
    GRAPH,
  ]);
  assertEquals(
    text,
    `12:04:05 This is: mgmt, version: 0.1.0
12:04:05 Main: Start: 1452398104100455639
12:04:05 Main: Running...
12:04:05 State: graphStarting
12:04:05 Graph: Vertices(4), Edges(2)
12:04:05 Graph: Seed of the order: 9
`,
  );
});

Deno.test("a command is followed from its start to its end", async () => {
  const key = "exec[exec1]";
  assertEquals(
    await lines([
      { type: "apply", key, reason: "has not run yet", refresh: false },
      { type: "output", key, text: "hello", stream: "stdout" },
      { type: "note", key, text: "Command output is empty!" },
      { type: "changed", key, reason: "has not run yet", tookMs: 10_012, worldless: false },
      { type: "exited", key },
    ]),
    [
      "Exec[exec1]: Apply: has not run yet",
      "Exec[exec1]: hello",
      "Exec[exec1]: Command output is empty!",
      "Exec[exec1]: Done in 10.0 s",
      "Exec[exec1]: Exited",
    ],
  );
});

Deno.test("a repair is one line, with the difference below it", async () => {
  const key = "file[/etc/motd]";
  assertEquals(
    await lines([
      { type: "apply", key, reason: "content differs (12 → 31 bytes)", refresh: false },
      { type: "difference", key, lines: ["-old", "+new"] },
      { type: "changed", key, reason: "content differs", tookMs: 1, worldless: false },
      { type: "ok", key },
      { type: "exited", key },
    ]),
    [
      "File[/etc/motd]: Apply: content differs (12 → 31 bytes)",
      "           -old",
      "           +new",
    ],
  );
});

Deno.test("a difference says whose it is when others have spoken", async () => {
  assertEquals(
    await lines([
      { type: "apply", key: "file[a]", reason: "r", refresh: false },
      { type: "apply", key: "file[b]", reason: "r", refresh: false },
      { type: "difference", key: "file[a]", lines: ["+x"] },
    ]),
    ["File[a]: Apply: r", "File[b]: Apply: r", "File[a]: Difference:", "           +x"],
  );
});

Deno.test("noop says what would be done", async () => {
  assertEquals(
    await lines([{
      type: "would-change",
      key: "file[x]",
      reason: "is absent",
      difference: ["+y"],
    }]),
    ["File[x]: Would apply: is absent", "           +y"],
  );
});

Deno.test("a refresh says what it does and who asks for it, done or only foretold", async () => {
  const key = "svc[web]";
  const asking = { askedBy: ["file[/etc/web]", "exec[b]"] };
  const foretold = { type: "would-change", key, difference: [], ...asking } as const;
  assertEquals(
    await lines([
      { type: "apply", key, reason: "reload", refresh: true, ...asking },
      { type: "apply", key: "exec[x]", reason: "refresh", refresh: true, ...asking },
      { ...foretold, reason: "reload", refresh: true },
      { ...foretold, reason: "disabled → enabled", refresh: false },
      { type: "failed", key, failure: failure("it is masked"), noop: true },
    ]),
    [
      "Svc[web]: Refresh: reload, asked by File[/etc/web] and Exec[b]",
      "Exec[x]: Refresh, asked by File[/etc/web] and Exec[b]",
      "Svc[web]: Would refresh: reload, asked by File[/etc/web] and Exec[b]",
      "Svc[web]: Would apply: disabled → enabled (and File[/etc/web] and Exec[b] ask for a refresh)",
      "Svc[web]: Would fail: it is masked; no further try by itself",
    ],
  );
});

Deno.test("a failure has its place, its hint and what comes next, and nothing overtakes it", async () => {
  const release = Promise.withResolvers<void>();
  const placeOf = async () => {
    await release.promise;
    return { file: "g.yaml", line: 12, column: 5 };
  };
  const text = lines([
    {
      type: "failed",
      key: "file[x]",
      failure: failure("no space left", { hint: "make room" }),
      retryMs: 4000,
    },
    { type: "blocked", key: "file[y]", by: "file[x]" },
    { type: "blocked", key: "file[z]", by: "pkg[x]", automatic: "owns the path" },
  ], { placeOf });
  release.resolve();
  assertEquals(await text, [
    "File[x]: Failed: no space left (g.yaml:12:5); next try in 4 s",
    "File[x]: hint: make room",
    "File[y]: Waits for: File[x]",
    "File[z]: Waits for: Pkg[x] (automatic edge: owns the path)",
  ]);
  assertEquals(
    await lines([{ type: "failed", key: "file[x]", failure: failure("no") }]),
    ["File[x]: Failed: no; no further try by itself"],
  );
});

Deno.test("a run that ends by itself says of a failure what to do, and nothing of tries", async () => {
  const problem = failure("no space left", { hint: "make room" });
  assertEquals(
    await lines([{ type: "failed", key: "file[x]", failure: problem }], { endsByItself: true }),
    ["File[x]: Failed: no space left", "File[x]: hint: make room"],
  );
  const failed: ReportEvent = { type: "failed", key: "file[x]", failure: problem, retryMs: 4000 };
  assertStringIncludes(
    (await lines([failed], { endsByItself: true }))[0] ?? "",
    "; next try in 4 s",
  );
});

Deno.test("what takes long says for how long, and who waits for it", async () => {
  const vertex = { key: "exec[a]", step: "apply", forMs: 10_000 } as const;
  assertEquals(
    await lines([{
      type: "running",
      vertices: [
        { ...vertex, waiting: ["exec[b]"], waitingCount: 4 },
        { ...vertex, waiting: ["exec[b]"], waitingCount: 1 },
        { ...vertex, step: "check", forMs: 125_000, waiting: [], waitingCount: 0 },
      ],
    }]),
    [
      "Exec[a]: still running for 10 s; Exec[b] and 3 more wait for it",
      "Exec[a]: still running for 10 s; Exec[b] waits for it",
      "Exec[a]: still looking for 2 min 5 s",
    ],
  );
});

Deno.test("a contested resource shows the reason, the pause and both versions", async () => {
  assertEquals(
    await lines([{
      type: "contested",
      key: "file[x]",
      reason: "content differs",
      difference: ["-theirs", "+ours"],
      pauseMs: 1000,
    }]),
    [
      "File[x]: Contested: someone else keeps changing it (content differs); left alone for 1 s",
      "           -theirs",
      "           +ours",
    ],
  );
});

const STOP: ReportEvent = {
  type: "stop",
  exitCode: 4,
  recap: { ...RECAP, failed: 12 },
  failed: Array.from({ length: 12 }, (_, index) => `file[${index}]`),
  contested: [],
  blocked: ["exec[h]"],
};

Deno.test("a recap says why a host has no part in its cluster, as long as that is so, once for each reason", async () => {
  const stop: ReportEvent = { ...STOP, recap: RECAP, failed: [], blocked: [] };
  const outcast: ReportEvent = {
    type: "cluster",
    what: "outcast",
    failure: failure("the name h1 is taken"),
  };
  const said = "Cluster: no part in it: the name h1 is taken";
  for (const options of [{}, { verbosity: "quiet" }] as const) {
    assertEquals((await lines([outcast, stop], options))[0], said);
    const ended: ReportEvent = { type: "cluster", what: "part-ended" };
    assertEquals((await lines([outcast, ended, stop], options))[0], said);
  }
  const free: ReportEvent = { type: "cluster", what: "outcast" };
  assertEquals((await lines([outcast, free, stop])).includes(said), false);
  const other: ReportEvent = { ...outcast, failure: failure("this host was cast out") };
  const all = await lines([outcast, stop, stop, other, stop, free, stop, other, stop, stop]);
  assertEquals(
    all.filter((line) => line.startsWith("Cluster: no part")),
    [said, ...Array(2).fill("Cluster: no part in it: this host was cast out")],
  );
});

Deno.test("the end names what is wrong, counts, and says goodbye", async () => {
  const names = Array.from({ length: 10 }, (_, index) => `File[${index}]`).join(", ");
  assertEquals(
    await lines([
      { type: "converged", afterMs: 5000, recap: RECAP },
      { type: "stopping", why: "Interrupted by exit signal", working: ["exec[h]"] },
      STOP,
    ], { endsByItself: true }),
    [
      "Converged for 5 seconds, exiting!",
      "Interrupted by exit signal",
      "Waiting for Exec[h] (^C aborts)",
      `Failed: ${names} and 2 more`,
      "Blocked: Exec[h]",
      "Recap: 4 ok, 1 changed, 12 failed, 0 blocked, 0 contested, 0 noop",
      "Goodbye!",
    ],
  );
});

Deno.test("who stays after it has converged does not say that it ends", async () => {
  const converged = { type: "converged", afterMs: 5000, recap: RECAP } as const;
  assertEquals(await lines([converged]), ["Converged for 5 seconds"]);
});

Deno.test("an agent that stays says its recap once everything has settled, and after an edit", async () => {
  const settled: ReportEvent = { type: "settled", recap: RECAP };
  const recap = "Recap: 4 ok, 1 changed, 0 failed, 0 blocked, 0 contested, 0 noop";
  const events = [GRAPH, settled, settled, { ...GRAPH, added: 1, kept: 3 }, settled];
  assertEquals(await lines(events), [
    "Graph: Vertices(4), Edges(2)",
    "Graph: Seed of the order: 9",
    recap,
    "Graph: Vertices(4), Edges(2): 1 added, 0 changed, 0 removed, 3 kept",
    recap,
  ]);
  assertEquals((await lines(events, { endsByItself: true })).includes(recap), false);
});

Deno.test("who left the graph is named, up to some", async () => {
  const left = { ...GRAPH, removed: 7, removedKeys: () => [..."1234567"].map((n) => `file[${n}]`) };
  const [, , said] = await lines([GRAPH, left]);
  assertEquals(
    said?.replace(/.*: /, ""),
    "4 added, 0 changed, 7 removed (File[1], File[2], File[3], File[4], File[5] and 2 more), 0 kept",
  );
});

Deno.test("edges that nobody wrote are counted", async () => {
  assertEquals(
    (await lines([{ ...GRAPH, automatic: 1 }]))[0],
    "Graph: Vertices(4), Edges(2), 1 of them automatic",
  );
});

Deno.test("quiet says nothing where there was nothing to do", async () => {
  const recap = { ...RECAP, changed: 0 };
  const stop: ReportEvent = { ...STOP, failed: [], blocked: [], recap };
  assertEquals(await lines([GRAPH, { type: "settled", recap }, stop], { verbosity: "quiet" }), []);
  for (const what of ["changed", "failed", "blocked", "contested", "noop", "aborted"] as const) {
    const said = await lines([{ ...stop, recap: { ...recap, [what]: 1 } }], { verbosity: "quiet" });
    assertEquals(said.length, 1, what);
  }
});

Deno.test("quiet says warnings, failures and the recap only", async () => {
  assertEquals(
    await lines([
      GRAPH,
      { type: "ok", key: "file[x]" },
      { type: "apply", key: "file[x]", reason: "r", refresh: false },
      { type: "difference", key: "file[x]", lines: ["+x"] },
      { type: "output", key: "exec[x]", text: "t", stream: "stdout" },
      { type: "would-change", key: "file[x]", reason: "r", difference: ["+x"] },
      { type: "warning", key: "file[x]", text: "careful" },
      { type: "warning", text: "all of you" },
      { type: "failed", key: "file[x]", failure: failure("no") },
      { type: "exited", key: "exec[x]" },
      { ...STOP, failed: [], blocked: [], recap: RECAP },
    ], { verbosity: "quiet" }),
    [
      "File[x]: Warning: careful",
      "Warning: all of you",
      "File[x]: Failed: no; no further try by itself",
      "Recap: 4 ok, 1 changed, 0 failed, 0 blocked, 0 contested, 0 noop",
    ],
  );
});

Deno.test("verbose says what is as it should be, and how long repairs took", async () => {
  assertEquals(
    await lines([
      { type: "ok", key: "file[x]" },
      { type: "changed", key: "file[x]", reason: "r", tookMs: 3, worldless: false },
      { type: "exited", key: "file[x]" },
    ], { verbosity: "verbose" }),
    ["File[x]: ok", "File[x]: Done in 3 ms", "File[x]: Exited"],
  );
});

Deno.test("nothing that a name or a command says can steer the terminal or forge a line", async () => {
  const key = "file[\x1b]0;x\n12:04:05 File[y]: ok]";
  const text = await said([
    { type: "output", key, text: "\x1b[2J\u202eevil\r", stream: "stdout" },
    { type: "failed", key, failure: failure("in\nthe\tway", { hint: "\x07" }) },
    { type: "difference", key, lines: ["+\x1b[31m"] },
    { type: "warning", key, text: "a\nb" },
  ]);
  // deno-lint-ignore no-control-regex -- exactly those must not be there
  assertEquals(text.match(/[\x00-\x09\x0b-\x1f\u202e]/g), null);
  assertEquals(text.split("\n").length - 1, 5);
});

Deno.test("colours set off names and states, and only when they are wanted", async () => {
  const text = await said([
    { type: "ok", key: "file[x]" },
    { type: "failed", key: "file[x]", failure: failure("no") },
  ], { color: true, verbosity: "verbose" });
  assertStringIncludes(text, "\x1b[1mFile[x]\x1b[0m");
  assertStringIncludes(text, "\x1b[31mFailed: no\x1b[0m");
});

Deno.test("json is one versioned object a line, with the place of a failure", async () => {
  const place = { file: "g.yaml", line: 2, column: 1 };
  const text = await said([
    { type: "ok", key: "file[a\nb]" },
    { type: "failed", key: "file[x]", failure: failure("no") },
  ], { format: "json", placeOf: () => Promise.resolve(place) });
  const time = NOON.toISOString();
  assertEquals(text.trimEnd().split("\n").map((line) => JSON.parse(line)), [
    { v: 2, time, type: "ok", key: "file[a\nb]" },
    {
      v: 2,
      time,
      type: "failed",
      key: "file[x]",
      failure: { type: "failure", message: "no" },
      place,
    },
  ]);
});

Deno.test("a failure that goes on as before is said to whoever wants to hear all", async () => {
  const failed = (known: boolean): ReportEvent => ({
    type: "failed",
    key: "probe[web]",
    failure: failure("refused", { known }),
    retryMs: 10_000,
  });
  const events = [failed(false), failed(true), failed(true)];
  const line = "Probe[web]: Failed: refused; next try in 10 s";
  assertEquals(await lines(events), [line]);
  assertEquals(await lines(events, { verbosity: "verbose" }), [line, line, line]);
});
