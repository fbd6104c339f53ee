/** What a host that has just joined is told of where it is. */

import { assertEquals } from "@std/assert";
import { failure } from "../../../src/base/result.ts";
import type { ClusterAgentEvent, Effect } from "../../../src/cluster/agent/io.ts";
import type { AgentSettings } from "../../../src/cluster/agent/io.ts";
import type { Member, StoreEntry } from "../../../src/cluster/store/store.ts";
import { Alone, nobodyAnswers } from "../../support/lone_agent.ts";
import { warningOf } from "../../support/cluster_news.ts";

const SEED = "http://10.0.0.1:2379";
const OTHER = "http://10.0.0.2:2379";

function member(name: string, peerUrl: string): Member {
  return { id: "1", name, peerUrls: [peerUrl], clientUrls: [SEED], learner: false };
}

/** What is warned of by a host that joins such a cluster. */
function warnings(
  listed: Member,
  live: readonly string[],
  settings: Partial<AgentSettings> = {},
): readonly string[] {
  const entries = live.map((host): StoreEntry => ({
    key: `/_mgmt/live/${host}`,
    value: "{}",
    createRevision: 1,
    modRevision: 1,
    version: 1,
    lease: "1",
  }));
  let opened: string | undefined;
  const answer = (effect: Effect): ClusterAgentEvent | undefined => {
    if (effect.type === "endpoints") opened = effect.clusterId;
    if (effect.type !== "call") return nobodyAnswers(effect);
    const { id, call } = effect;
    if (call.type === "members") {
      const value = { clusterId: "c1", members: [listed] };
      return { type: "answer", id, result: { ok: true, value } };
    }
    // A store that is opened anew, for the cluster that was joined, drops what was asked before.
    if (opened === undefined) return nobodyAnswers(effect);
    if (call.type === "list") {
      return { type: "answer", id, result: { ok: true, value: { entries, revision: 1 } as never } };
    }
    const why = "the etcd there belongs to cluster c2, this host to c1";
    return call.type === "status" && call.clientUrl === OTHER
      ? { type: "answer", id, result: { ok: false, failure: foreign(why) } }
      : nobodyAnswers(effect);
  };
  const alone = new Alone(answer, {
    seeds: [SEED],
    clientUrls: ["http://10.0.0.3:2379"],
    peerUrls: ["http://10.0.0.3:2380"],
    ...settings,
  });
  alone.take({ type: "start" });
  alone.waitUntil(40_000);
  return alone.of("tell").flatMap(({ news }) =>
    news.what === "trouble" ? [news.failure.message] : warningOf(news)
  );
}

function foreign(why: string) {
  return failure(why, { code: "foreign-cluster" });
}

Deno.test("an etcd that mgmt has not used yet is joined with a warning, once", () => {
  const etcd = member("default", "http://10.0.0.1:2380");
  assertEquals(warnings(etcd, []), [
    `the etcd at ${SEED} has no host of mgmt in it so far; this host writes below /_mgmt/ there`,
  ]);
  assertEquals(warnings(etcd, ["h1"]).length, 1, "only its own name is there");
  assertEquals(warnings(etcd, ["h2"]), []);
  assertEquals(warnings(member("h2-01234567", "http://10.0.0.1:2380"), []), []);
});

Deno.test("seeds of two clusters: a warning names both", () => {
  const ours = member("h2-01234567", "http://10.0.0.1:2380");
  assertEquals(warnings(ours, [], { seeds: [SEED, OTHER] }), [
    `the seeds are of two clusters: this host joined c1, ${OTHER} is of c2`,
  ]);
});

Deno.test("a host at a loopback address is told that it cannot run etcd for members elsewhere", () => {
  const ours = member("h2-01234567", "http://10.0.0.1:2380");
  const local = { clientUrls: ["http://127.0.0.1:1"], peerUrls: ["http://127.0.0.1:2"] };
  assertEquals(warnings(ours, [], local), [
    "this host cannot run etcd: its address http://127.0.0.1:1 is one that the other hosts " +
    "cannot reach; give its own with --client-urls and --server-urls",
  ]);
  assertEquals(warnings(ours, [], { ...local, server: false }), []);
  assertEquals(warnings(member("h2-01234567", "http://127.0.0.1:9"), [], local), []);
});
