/** What is said before a cluster loses a member for good, or leaves hosts behind. */

import { assertEquals, assertMatch } from "@std/assert";
import { costOf } from "../../../src/app/cluster/rotate_cost.ts";
import type { RotatingCluster } from "../../../src/cluster/admin/rotating.ts";
import { parseView } from "../../support/cluster_scenario.ts";

const HOSTS = ["h1", "h2", "h3", "h4", "h5"];

/** What it costs of so many voters to cast out the last one. */
function cost(voters: number, away: readonly string[] = [], host = `h${voters}`) {
  const view = parseView(HOSTS.slice(0, voters).map((each) => `member ${each} voter\n`).join(""));
  const cluster: RotatingCluster = { entries: [], view, leader: "h1", record: undefined };
  return costOf(cluster, { host }, away);
}

Deno.test("before a member is cast out it is said what the cluster survives without it", () => {
  assertEquals(
    cost(5).size,
    "without h5 the cluster has 4 members, 4 voters: survives the loss of 1, until another host runs etcd in its place",
  );
  assertEquals(cost(5).asks, undefined);
  for (const voters of [4, 5]) assertEquals(cost(voters).asks, undefined, `${voters}`);
});

Deno.test("where the cluster could lose no other then, --yes is asked", () => {
  for (const voters of [2, 3]) {
    const { asks } = cost(voters);
    assertEquals(asks?.code, "no-spare", `${voters}`);
    assertMatch(asks?.message ?? "", /^without h[23] .* survives the loss of none$/);
    assertMatch(asks?.hint ?? "", /token create --role server.*--yes casts it out nevertheless/);
  }
});

Deno.test("of who runs no etcd nothing is lost; hosts that are away are asked for with it, and by themselves", () => {
  assertEquals(cost(3, [], "a1"), {});
  const alone = cost(3, ["a1", "a2"], "a3");
  assertEquals([alone.size, alone.asks?.code], [undefined, "away"]);
  const { asks } = cost(3, ["a1"]);
  assertEquals(asks?.code, "away");
  assertMatch(asks?.message ?? "", /^a1 is not there: .*; and without h3 .* loss of none$/);
  assertMatch(asks?.hint ?? "", /mgmt forget HOST; --yes .*; and have another host run etcd first/);
});
