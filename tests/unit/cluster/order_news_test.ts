import { assertEquals } from "@std/assert";
import { fail, type Failure, failure, ok, type Result } from "../../../src/base/result.ts";
import type { ClusterAgentStatus } from "../../../src/cluster/agent/agent.ts";
import type { AgentDisk } from "../../../src/cluster/agent/io.ts";
import {
  type HostOrder,
  type HostPart,
  OrderFollower,
} from "../../../src/cluster/admin/order_follower.ts";
import type { Store } from "../../../src/cluster/store/store.ts";
import { textOf } from "../../support/cluster_news.ts";
import { ManualClock } from "../../support/manual_clock.ts";

const STATUS: ClusterAgentStatus = {
  phase: { type: "client" },
  clusterId: "c",
  memberId: undefined,
  etcd: "none",
  lostSince: undefined,
  answers: true,
  members: [],
  heardAt: 0,
  registered: true,
  live: "",
  leads: undefined,
};

const PART: HostPart = {
  mayVolunteer: true,
  status: () => STATUS,
  store: undefined,
  offer: () => {},
  withdraw: () => Promise.resolve(undefined),
  stop: () => Promise.resolve(),
};

/** A host that gets orders, and what it tells of them. */
class Told {
  order: HostOrder | undefined;
  member: AgentDisk["member"];
  /** Why nothing can be kept. */
  problem: Failure | undefined;
  part = PART;
  openStore: () => Promise<Store> = () => Promise.reject(new Error("there is none"));
  parts = 0;
  readonly news: string[] = [];
  readonly clock = new ManualClock();
  readonly #follower = new OrderFollower<HostPart>({
    host: "h1",
    clock: this.clock,
    openStore: () => this.openStore(),
    identity: { id: "me", clusterId: "c", endpoints: [] },
    disk: {
      saveIdentity: () => this.problem,
      endTemporary: (disk) => disk,
      forgetWhoSaid: () => {},
      putAside: () => undefined,
    },
    orders: { read: () => this.order, write: (order) => this.#write(order), say: () => {} },
    join: () => {
      this.parts++;
      return this.part;
    },
    takesPart: () => {},
    left: () => {},
    tell: (news) =>
      this.news.push(
        news.what === "order" ? `order ${news.order} ${news.state}` : textOf(news),
      ),
  });

  begin(): void {
    this.#follower.begin();
  }

  #write(order: HostOrder): Failure | undefined {
    if (this.problem === undefined) this.order = order;
    return this.problem;
  }

  async gets(order: HostOrder): Promise<void> {
    this.order = order;
    this.#follower.look();
    await this.clock.pass(0);
  }
}

Deno.test("how far an order is, is told once; without any nothing is", async () => {
  const host = new Told();
  host.begin();
  assertEquals(host.news, []);
  await host.gets({ id: "1", volunteer: false, leave: false });
  assertEquals(host.news, ["order 1 done"]);
  await host.gets({ id: "2", volunteer: true, leave: false });
  await host.gets({ id: "2", volunteer: true, leave: false });
  assertEquals(host.news, ["order 1 done", "order 2 working"]);
});

Deno.test("a disk that keeps no order is told with what to do about it", async () => {
  const host = new Told();
  host.order = { id: "1", volunteer: false, leave: true, left: true };
  host.problem = failure("cannot write: no space left", { hint: "make room" });
  host.begin();
  await host.gets({ id: "2", volunteer: true, leave: false });
  assertEquals(host.news.includes("cannot write: no space left (make room)"), true);
  assertEquals(
    host.news.includes("this host has left its cluster; mgmt volunteer on brings it back"),
    true,
  );
  assertEquals(host.news.includes("looks for its cluster again"), true);
});

/** An order to go to a cluster at which `members` answers. */
async function goes(host: Told, lost: boolean, part: Partial<HostPart>, members: Members) {
  const store = { members: () => members, close: () => {} } as unknown as Store;
  host.openStore = () => Promise.resolve(store);
  host.part = { ...PART, ...part };
  host.begin();
  const join = { urls: ["http://there:1"], lost };
  await host.gets({ id: "1", volunteer: true, leave: true, join });
}

type Members = Promise<Result<{ readonly clusterId: string }>>;

Deno.test("an order that comes while an older one is refused is kept, and not written over by that", async () => {
  const host = new Told();
  const asked = Promise.withResolvers<Awaited<Members>>();
  await goes(host, false, {}, asked.promise);
  await host.gets({ id: "2", volunteer: false, leave: false });
  asked.resolve(fail("nobody answers"));
  await host.clock.pass(0);
  assertEquals(host.order, { id: "2", volunteer: false, leave: false });
  assertEquals(host.news.at(-1), "order 2 done");
});

Deno.test("an order that comes in the last moment of leaving is kept, and obeyed", async () => {
  const host = new Told();
  const stopped = Promise.withResolvers<void>();
  const there = Promise.resolve(ok({ clusterId: "d" }));
  await goes(host, true, { stop: () => stopped.promise }, there);
  await host.gets({ id: "2", volunteer: false, leave: false });
  assertEquals(host.parts, 1);
  stopped.resolve();
  await host.clock.pass(0);
  assertEquals(host.order, { id: "2", volunteer: false, leave: false });
  assertEquals(host.parts, 2);
});
