import { assert, assertEquals } from "@std/assert";
import type { Recap } from "../../../src/engine/event.ts";
import { failure } from "../../../src/base/result.ts";
import { ToldState } from "../../support/told_state.ts";
import { statusLine, statusRow } from "../../../src/report/status.ts";

const RECAP: Recap = {
  ok: 12,
  changed: 0,
  failed: 0,
  blocked: 0,
  contested: 0,
  held: 0,
  noop: 0,
  aborted: 0,
};
/** A run that is so. */
interface Run {
  readonly file: string;
  readonly graph?: string;
  readonly recap?: Recap;
  readonly working?: readonly string[];
  readonly waiting?: readonly string[];
  readonly refused?: boolean;
  readonly lastGoodOf?: string;
  readonly stopping?: boolean;
  readonly lostSinceMs?: number;
  readonly outcast?: string;
}

function lineOf({ file, working = [], waiting = [], ...run }: Run): string {
  const { snapshot } = new ToldState();
  const { graph, recap = snapshot.recap, refused = false, lastGoodOf, stopping } = run;
  return statusLine({
    file,
    working,
    waiting,
    snapshot: {
      ...snapshot,
      phase: stopping ? "stopping" : "running",
      graph: graph === undefined ? undefined : { name: graph, vertices: 1, edges: 0, sinceMs: 0 },
      recap,
      refused,
      lastGoodOf,
      cluster: {
        ...snapshot.cluster,
        lostSinceMs: run.lostSinceMs,
        outcast: run.outcast === undefined ? undefined : failure(run.outcast),
      },
    },
  });
}

const RUNNING = { file: "/etc/g.yaml", graph: "web", recap: RECAP };

Deno.test("the status line says how things are, and nothing of what is not", () => {
  assertEquals(lineOf({ file: "/etc/g.yaml" }), "Starts with /etc/g.yaml");
  assertEquals(lineOf(RUNNING), "web: 12 ok");
  assertEquals(
    lineOf({ ...RUNNING, recap: { ...RECAP, changed: 3, failed: 1, blocked: 2 } }),
    "web: 12 ok, 3 changed, 1 failed, 2 blocked",
  );
  const working = ["exec[a]", "file[b]", "file[c]", "file[d]", "file[e]"];
  assertEquals(
    lineOf({ ...RUNNING, working }),
    "web: 12 ok; working on Exec[a], File[b], File[c] and 2 more",
  );
  assertEquals(
    lineOf({ ...RUNNING, working: ["exec[a]"], stopping: true }),
    "web: 12 ok; stops, and waits for Exec[a]",
  );
  assertEquals(lineOf({ ...RUNNING, stopping: true }), "web: 12 ok; stops");
  assertEquals(lineOf({ ...RUNNING, waiting: ["exec[a]"] }), "web: 12 ok; Exec[a] waits");
  assertEquals(
    lineOf({ ...RUNNING, working: ["file[b]"], waiting: ["exec[a]", "exec[b]"] }),
    "web: 12 ok; working on File[b]; Exec[a] and Exec[b] wait",
  );
  assertEquals(
    lineOf({ ...RUNNING, refused: true }),
    "web: 12 ok; the graph file has mistakes: the graph before stays in force",
  );
});

Deno.test("the status line says since when there is no contact with the cluster", () => {
  assertEquals(
    lineOf({ ...RUNNING, lostSinceMs: Date.UTC(2020, 0, 2, 3, 4, 5) }),
    "web: 12 ok; no contact with the cluster since 2020-01-02 03:04Z",
  );
});

Deno.test("the status line says why a host has no part in its cluster", () => {
  assertEquals(
    lineOf({ ...RUNNING, outcast: "the name h1 is taken" }),
    "web: 12 ok; no part in the cluster: the name h1 is taken",
  );
});

Deno.test("the status line is one short line, whatever things are called", () => {
  const line = lineOf({
    ...RUNNING,
    graph: "a\nREADY=1",
    working: [`exec[${"x".repeat(999)}]`],
  });
  assert(!line.includes("\n") && line.length <= 250, line);
});

Deno.test("the status line says that a cluster is in plain text where that was asked for, and nowhere else", () => {
  const line = (asked: boolean) => {
    const state = new ToldState();
    const urls = ["http://10.0.0.1:2379"];
    state.event({ type: "cluster", what: "exposed", urls, asked });
    return statusLine({ file: "g", snapshot: state.snapshot });
  };
  assertEquals(line(true), "Starts with g; its cluster is in plain text (--insecure-plaintext)");
  assertEquals(line(false), "Starts with g");
});

Deno.test("the row below a screen says the cluster, and whether anything is to do", () => {
  const state = new ToldState();
  const row = (converged = false) => statusRow({ file: "g", snapshot: state.snapshot, converged });
  assertEquals(row(), "Starts with g");
  const member = (name: string) => ({ id: name, name, peerUrls: [], clientUrls: [] });
  const { cluster } = state.snapshot;
  const snapshot = { ...state.snapshot, settled: true };
  assertEquals(statusRow({ file: "g", snapshot, converged: false }), "Starts with g; settled");
  assertEquals(statusRow({ file: "g", snapshot, converged: true }), "Starts with g; converged");
  const members = ["a", "b", "c"].map(member) as unknown as typeof cluster.members;
  const inCluster = (role: typeof cluster.role, leader?: string) =>
    statusRow({
      file: "g",
      snapshot: { ...snapshot, cluster: { ...cluster, phase: "voter", role, leader, members } },
      converged: false,
    });
  assertEquals(inCluster("voter", "a"), "Starts with g; voter of 3 members, a leads; settled");
  assertEquals(inCluster("client"), "Starts with g; client of 3 members; settled");
  assertEquals(inCluster("none"), "Starts with g; not in its cluster yet; settled");
  const stopping = { ...snapshot, phase: "stopping" as const };
  assertEquals(
    statusRow({ file: "g", snapshot: stopping, converged: true }),
    "Starts with g; stops",
  );
});
