/** A member that was started at another address than the others know. */

import { assertEquals } from "@std/assert";
import { ClusterAgent } from "../../../src/cluster/agent/agent.ts";
import type { AgentSettings } from "../../../src/cluster/agent/io.ts";
import { SETTINGS } from "../../support/lone_agent.ts";
import { warningOf } from "../../support/cluster_news.ts";

const NAME = "h1-00000001";
const OLD = "http://10.0.0.1:2380";

/** Calls that name peer URLs, and warnings, of an agent whose etcd runs, until nothing changes. */
function changes(settings: Partial<AgentSettings>, others: readonly string[] = []): string[] {
  const member = { name: NAME, memberId: "1", initialCluster: [], founds: true, ran: true };
  const disk = { id: "me", clusterId: "c", endpoints: ["http://10.0.0.9:2379"], member };
  const clientUrls = ["http://10.0.0.7:2379"];
  const agent = new ClusterAgent({ ...SETTINGS, clientUrls, ...settings }, disk, () => "2");
  const found: string[] = [];
  let listed = [OLD];
  const list = () => [
    { id: "1", name: NAME, peerUrls: listed, clientUrls: [], learner: false },
    ...others.map((url, index) => ({
      ...{ id: `2${index}`, name: `h${index + 2}-00000002`, learner: false },
      ...{ peerUrls: [url], clientUrls: [] },
    })),
  ];
  const take = (event: Parameters<ClusterAgent["step"]>[0], now: number) => {
    for (const effect of agent.step(event, now)) {
      if (effect.type === "tell") found.push(...warningOf(effect.news));
      if (effect.type !== "call") continue;
      const call = effect.call as { type: string; peerUrls?: readonly string[] };
      if (call.type === "update") {
        listed = [...call.peerUrls ?? []];
        found.push(`is at ${listed}`);
      } else if (!["members", "transact", "grant", "keep"].includes(call.type)) continue;
      // It has its name.
      const value = call.type === "transact"
        ? { succeeded: true, got: [], revision: 1 }
        : call.type === "members" || call.type === "update"
        ? { clusterId: "c", members: list() }
        : { id: "lease", ttlMs: 1_000_000 };
      take({ type: "answer", id: effect.id, result: { ok: true, value } as never }, now);
    }
  };
  take({ type: "start" }, 0);
  for (const now of [1000, 16_000]) take({ type: "wake" }, now);
  assertEquals(found, [], "its etcd does not answer there yet");
  take({ type: "etcd-runs", name: NAME }, 17_000);
  for (const now of [20_000, 40_000, 60_000]) take({ type: "wake" }, now);
  return found;
}

Deno.test("a member that has moved brings its address into the list, once its etcd answers there", () => {
  const peerUrls = ["http://10.0.0.7:2380"];
  assertEquals(changes({ peerUrls }), ["is at http://10.0.0.7:2380"]);
  assertEquals(changes({ peerUrls }, ["http://10.0.0.2:2380"]), ["is at http://10.0.0.7:2380"]);
  assertEquals(changes({ peerUrls: [OLD] }), []);
  const stays = `the member of this host stays at ${OLD} in the list of members: `;
  assertEquals(changes({ peerUrls, endsByItself: true }), [
    `${stays}a run that ends by itself changes nothing of it`,
  ]);
  const lost = changes({ peerUrls: ["http://127.0.0.1:2380"] }, ["http://10.0.0.2:2380"]);
  assertEquals(lost.length, 1);
  assertEquals(lost[0]?.startsWith(stays), true, lost[0]);
});
