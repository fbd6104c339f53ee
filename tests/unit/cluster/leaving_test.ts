import { assertEquals } from "@std/assert";
import { Standstill } from "../../../src/cluster/admin/standstill.ts";
import { ManualClock } from "../../support/manual_clock.ts";
import { isAlone, leaveProblem } from "../../../src/cluster/admin/leaving.ts";
import type { ClusterStatus, HostStatus } from "../../../src/cluster/admin/cluster_status.ts";

type Kind =
  | "voter"
  | "silent voter"
  | "learner"
  | "failing learner"
  | "client"
  | "spare"
  | "failing spare"
  | "gone client";

/** A fleet of such hosts, named h1, h2 and so on, each with its id. */
function fleet(...kinds: Kind[]): ClusterStatus {
  const hosts = kinds.map((kind, index): HostStatus => {
    const isSilent = kind === "silent voter" || kind === "gone client";
    return {
      host: `h${index + 1}`,
      ...(isSilent ? {} : { hostId: `id${index + 1}` }),
      role: kind.endsWith("voter") ? "voter" : kind.endsWith("learner") ? "learner" : "client",
      ...(kind.startsWith("failing") ? { failed: "it says why" } : {}),
      ...(kind.endsWith("voter") || kind.endsWith("learner") ? { memberId: `a${index + 1}` } : {}),
      leadsEtcd: false,
      alarms: [],
      whose: "ours",
      decides: index === 0,
      live: !isSilent,
      answers: kind === "voter" || kind.endsWith("learner"),
      etcd: "none",
      clientUrls: [],
      volunteers: !kind.endsWith("client") && !isSilent,
    };
  });
  return {
    clusterId: "c",
    hosts,
    idealSize: 3,
    voters: 1,
    mayFail: 0,
    doing: "",
    semaphores: [],
    elections: [],
  };
}

function problem(...kinds: Kind[]): string | undefined {
  return leaveProblem(fleet(...kinds), "id1")?.message;
}

Deno.test("leave: who has no vote may go, and so may who is alone", () => {
  assertEquals(problem("client", "voter"), undefined);
  assertEquals(problem("learner", "voter"), undefined);
  assertEquals(problem("voter"), undefined);
  assertEquals(problem("voter", "gone client"), undefined);
});

Deno.test("leave: the only vote goes only where somebody can take it", () => {
  assertEquals(problem("voter", "learner"), undefined);
  assertEquals(problem("voter", "spare"), undefined);
  assertEquals(
    problem("voter", "client", "client", "gone client"),
    "h1 has the only vote, and h2, h3 would be without a cluster",
  );
});

Deno.test("leave: who could take the only vote and fails is waited for, but not for ever", async () => {
  const why = "h2 is to take its place, and could not (it says why)";
  assertEquals(problem("voter", "failing spare", "client"), why);
  assertEquals(problem("voter", "failing spare", "spare"), undefined);
  assertEquals(problem("voter", "failing learner"), undefined, "it tries again");
  assertEquals(problem("voter", "voter", "failing spare"), undefined);
  const clock = new ManualClock();
  const said: string[] = [];
  const listener = { clock, trouble: () => {}, say: (text: string) => void said.push(text) };
  const standstill = new Standstill(listener, "hands over");
  assertEquals(standstill.lasts(why, "mend it"), undefined);
  await clock.pass(300_000);
  assertEquals(standstill.lasts(why, "mend it")?.hint, "mend it");
});

Deno.test("leave: no voter goes while another is silent, also not where somebody could come", () => {
  assertEquals(problem("voter", "voter", "voter"), undefined);
  const silent = "a voter does not answer (h3): one less could be too few";
  assertEquals(problem("voter", "voter", "silent voter"), silent);
  assertEquals(problem("voter", "voter", "silent voter", "spare"), silent);
  assertEquals(
    problem("voter", "voter", "voter", "silent voter", "silent voter"),
    "voters do not answer (h4, h5): one less could be too few",
  );
  assertEquals(problem("client", "voter", "silent voter"), undefined);
});

Deno.test("leave: a host that is found by its member only is that host", () => {
  const hosts = fleet("voter", "client").hosts.map(({ hostId: _, ...rest }) => rest);
  const seen = { ...fleet(), hosts };
  assertEquals(leaveProblem(seen, "id1", "a1")?.code, "last-voter");
  assertEquals(isAlone({ ...seen, hosts: hosts.slice(0, 1) }, "id1", "a1"), true);
});
