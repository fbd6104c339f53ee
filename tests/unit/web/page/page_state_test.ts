import { assertEquals } from "@std/assert";
import { entrySentence } from "../../../../src/journal/text.ts";
import { contactWords, newsWords } from "../../../../src/web/page/model/announcer.ts";
import { PageState } from "../../../../src/web/page/model/page_state.ts";
import { standingOf } from "../../../../src/web/page/model/summary.ts";
import { readGraph, readResource, readStatus } from "../../../../src/web/page/model/wire.ts";

const TIME = "2026-12-01T03:12:45.000Z";
const MOTD = "file[/etc/motd]";

/** A page that knows of two files, one after the other. */
function page(): PageState {
  const state = new PageState();
  state.takeGraph(readGraph({
    name: "web",
    vertices: [
      { key: MOTD, kind: "file", name: "/etc/motd", state: "ok", sinceMs: 1000 },
      { key: "file[/b]", kind: "file", name: "/b", state: "ok", sinceMs: 1000 },
    ],
    edges: [[0, 1, "notifies"], [0, 7, "requires"], "nonsense"],
  }));
  return state;
}

function hear(state: PageState, type: string, more: object = {}) {
  return state.takeEvent({ v: 2, time: TIME, type, key: MOTD, ...more });
}

Deno.test("a graph is read as far as it makes sense", () => {
  assertEquals(page().edges, [{ from: MOTD, to: "file[/b]", kind: "notifies" }]);
  assertEquals(readGraph({}), { name: "", resources: [], edges: [] });
  assertEquals(readResource({ key: "svc[x]", state: "quantum" }).state, "unchecked");
  assertEquals(readStatus({ held: "no", host: 3, settled: 1 }), { held: [] });
});

Deno.test("a resource is under work from its apply to the end of that", () => {
  const state = page();
  hear(state, "apply", { reason: "content differs", refresh: false });
  assertEquals(state.resources.get(MOTD)?.worksSinceMs, Date.parse(TIME));
  hear(state, "changed", { reason: "content differs", tookMs: 3, worldless: false });
  assertEquals(state.working, []);
  assertEquals(state.resources.get(MOTD)?.state, "ok");
  assertEquals(state.resources.get(MOTD)?.sinceMs, 1000);
});

Deno.test("how far long work is, is known until its end", () => {
  const state = page();
  hear(state, "apply", { reason: "not installed", refresh: false });
  hear(state, "progress", { text: "downloading", percent: 33.7 });
  assertEquals(state.resources.get(MOTD)?.progress, "downloading, 34 %");
  hear(state, "progress", {});
  assertEquals(state.resources.get(MOTD)?.progress, undefined);
  hear(state, "progress", { percent: 50 });
  hear(state, "changed", { reason: "not installed", tookMs: 1 });
  assertEquals(state.resources.get(MOTD)?.progress, undefined);
});

Deno.test("what ended while nobody listened is not under work for ever", () => {
  const state = page();
  hear(state, "apply", { reason: "content differs", refresh: false });
  state.takeGraph({
    name: "web",
    resources: [readResource({ key: MOTD, state: "ok" })],
    edges: [],
  });
  assertEquals(state.working, []);
});

Deno.test("what is at work already when a page opens is so since it began; a look only where it is the first", () => {
  const state = new PageState();
  const works = (step: string) => ({ step, sinceMs: 7 });
  state.takeGraph(readGraph({
    vertices: [
      { key: "exec[first]", state: "unchecked", sinceMs: 1, works: works("check") },
      { key: "exec[again]", state: "ok", sinceMs: 1, works: works("check") },
      { key: "exec[tried]", state: "failed", sinceMs: 1, works: works("apply") },
    ],
  }));
  assertEquals(state.working, ["exec[first]", "exec[tried]"]);
  const first = state.resources.get("exec[first]")!;
  assertEquals(standingOf(first), { sign: "works", words: "working", sinceMs: 7 });
  hear(state, "ok", { key: "exec[first]" });
  assertEquals(state.working, ["exec[tried]"]);
});

Deno.test("who takes long is at work, however that began", () => {
  const state = page();
  const vertices = [
    { key: MOTD, step: "refresh", forMs: 2000 },
    { key: "file[/b]", step: "wait", forMs: 2000 },
    { key: "file[/gone]", step: "apply", forMs: 2000 },
  ];
  state.takeEvent({ type: "running", time: TIME, vertices });
  assertEquals(state.working, [MOTD]);
  assertEquals(state.resources.get(MOTD)?.worksSinceMs, Date.parse(TIME) - 2000);
});

Deno.test("an agent that stops waits for those that it names, until they have ended, and goes on when it is back", () => {
  const state = page();
  hear(state, "apply", { reason: "content differs", refresh: false });
  const stopping = { type: "stopping", why: "^C", working: [MOTD, "file[/b]", "file[/gone]"] };
  state.takeEvent({ time: "2026-12-01T03:13:00.000Z", ...stopping });
  assertEquals([state.isStopping, state.working], [true, [MOTD, "file[/b]"]]);
  assertEquals(state.resources.get(MOTD)?.worksSinceMs, Date.parse(TIME));
  hear(state, "aborted", { tookMs: 1 });
  assertEquals(state.working, ["file[/b]"]);
  state.takeStatus(readStatus({ phase: "running" }));
  assertEquals(state.isStopping, false);
});

Deno.test("the members of the cluster are not forgotten when how the agent is is asked anew", () => {
  const state = page();
  const members = [{ id: "1", host: "a", clientUrls: [], learner: false }];
  state.takeStatus({ held: [], cluster: { members } });
  state.takeStatus(readStatus({ settled: true, cluster: { members: 1, role: "voter" } }));
  assertEquals(state.status?.cluster?.members, members);
});

Deno.test("a failure is known with its message, and forgotten when all is right", () => {
  const state = page();
  hear(state, "failed", { failure: { message: "permission denied" } });
  assertEquals(state.resources.get(MOTD)?.failure, "permission denied");
  assertEquals(state.resources.get(MOTD)?.sinceMs, Date.parse(TIME));
  hear(state, "ok");
  assertEquals(state.resources.get(MOTD)?.failure, undefined);
  assertEquals(state.resources.get(MOTD)?.state, "ok");
});

Deno.test("who waits knows for whom, and what is held back waits, too", () => {
  const state = page();
  hear(state, "blocked", { by: "file[/b]" });
  assertEquals(state.resources.get(MOTD)?.blockedBy, "file[/b]");
  hear(state, "held-back", { reason: "not known yet" });
  assertEquals(state.resources.get(MOTD)?.state, "blocked");
  assertEquals(state.resources.get(MOTD)?.reason, "not known yet");
});

Deno.test("what is heard of resources that are not there, and what nobody knows, changes nothing", () => {
  const state = page();
  const before = new Map(state.resources);
  state.takeEvent({ type: "failed", key: "file[/gone]", time: TIME });
  state.takeEvent({ type: "of the future", key: MOTD, time: TIME });
  // The first line is older than what is asked for when it is there.
  state.takeEvent({ type: "snapshot", time: TIME, status: { phase: "stopping" } });
  assertEquals(state.isStopping, false);
  assertEquals(new Map(state.resources), before);
});

Deno.test("only what is another is another object", () => {
  const state = page();
  const other = state.resources.get("file[/b]");
  hear(state, "failed", { failure: { message: "x" } });
  assertEquals(state.resources.get("file[/b]") === other, true);
});

Deno.test("a graph that is taken again keeps the reasons of those that stay as they were", () => {
  const state = page();
  hear(state, "contested", { reason: "somebody writes", difference: [], pauseMs: 1000 });
  const { resources } = readGraph({
    vertices: [{ key: MOTD, state: "contested", sinceMs: 5 }],
    edges: [],
  });
  state.takeGraph({ name: "web", resources, edges: [] });
  assertEquals(state.resources.get(MOTD)?.reason, "somebody writes");
  assertEquals(state.resources.size, 1);
  assertEquals(state.shape, 2);
});

Deno.test("live changes stand in the timeline in the words of the journal", () => {
  const state = page();
  hear(state, "apply", { reason: "content differs", refresh: false });
  hear(state, "changed", {
    reason: "content differs",
    tookMs: 3,
    worldless: false,
    causes: [{ type: "poll" }],
  });
  hear(state, "difference", { lines: ["- a", "+ b"] });
  const [entry] = state.entries;
  assertEquals(entry?.difference, ["- a", "+ b"]);
  assertEquals(
    entrySentence({ ...entry!, run: undefined }),
    "File[/etc/motd] was changed: content differs (3 ms)",
  );
});

Deno.test("a refresh is called one, whoever asked for it", () => {
  const state = page();
  hear(state, "apply", { reason: "reload", refresh: true, askedBy: ["file[/b]"] });
  hear(state, "changed", { reason: "reload", tookMs: 3, worldless: false });
  assertEquals(state.entries[0]?.type, "refreshed");
  assertEquals(state.entries[0]?.askedBy, ["file[/b]"]);
});

Deno.test("what an event leaves unknown is asked for", () => {
  const state = page();
  assertEquals(state.takeEvent({ type: "graph", time: TIME, name: "web" }), "graph");
  assertEquals(state.takeEvent({ type: "dropped", time: TIME, count: 3 }), "graph");
  assertEquals(state.takeEvent({ type: "hold-ended", time: TIME, keys: [MOTD] }), "status");
  assertEquals(state.takeEvent({ type: "cluster", time: TIME, what: "membership" }), "cluster");
  assertEquals(hear(state, "ok"), undefined);
});

Deno.test("the timeline has an end", () => {
  const state = page();
  for (let index = 0; index < 700; index++) hear(state, "aborted", { tookMs: 1 });
  assertEquals(state.entries.length, 500);
  assertEquals(new Set(state.entries.map(({ id }) => id)).size, 500);
});

Deno.test("many changes are read aloud as one sentence, few by their names", () => {
  const state = page();
  hear(state, "changed", { reason: "x", worldless: false });
  assertEquals(newsWords(state.entries), "File[/etc/motd] put right.");
  for (const name of ["a", "b", "c"]) {
    state.takeEvent({
      type: "failed",
      time: TIME,
      key: `file[/${name}]`,
      failure: { message: "x" },
    });
  }
  assertEquals(newsWords(state.entries), "3 resources failed. File[/etc/motd] put right.");
  assertEquals(newsWords([]), undefined);
});

Deno.test("that the agent is lost and back is said once", () => {
  const lost = { is: "lost", sinceMs: 0, why: "The agent does not answer." } as const;
  assertEquals(
    contactWords({ is: "live" }, lost),
    "The agent does not answer. What is shown is of before.",
  );
  assertEquals(contactWords(lost, { ...lost, sinceMs: 5 }), undefined);
  assertEquals(contactWords(lost, { is: "live" }), "The agent answers again.");
  assertEquals(contactWords({ is: "connecting" }, { is: "live" }), undefined);
});
