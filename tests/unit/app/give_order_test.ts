import { join } from "node:path";
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { controlSocketPath } from "../../../src/app/control/socket_places.ts";
import { type CommandRequest, sendCommand } from "../../../src/app/cluster/give_order.ts";
import { OrderDesk } from "../../../src/app/cluster/order_desk.ts";
import type { HostOrder } from "../../../src/cluster/admin/order_follower.ts";
import type { OrderReply } from "../../../src/cluster/admin/order_progress.ts";
import { controlOf } from "../../../src/control/server.ts";
import { createLocalClock } from "../../../src/os/local_clock.ts";
import { serveRequest } from "../../../src/os/network/listen/http_service.ts";
import type { OpenListener } from "../../../src/os/network/listen/listener.ts";
import { listenAtFile } from "../../../src/os/network/listen/socket_file.ts";
import { takeStateLock } from "../../../src/os/state/state_lock.ts";
import { eventually } from "../../support/processes.ts";
import { inDirectory } from "../../support/program.ts";

/** Where the runtime can only wait for a lock, the wait goes on until the lock is free or the end. */
const WAITS_ON = { sanitizeOps: false, sanitizeResources: false };

function notAsked(): never {
  throw new Error("that was not to be asked");
}

/** An agent's side of a prefix, by hand. */
class HandAgent {
  readonly given: HostOrder[] = [];
  readonly prefix: string;
  desk: OrderDesk;
  #listener: OpenListener;

  constructor(prefix: string, obeys = true) {
    this.prefix = prefix;
    this.desk = new OrderDesk(prefix, () => "0123456789abcdef");
    const look = () => {
      const order = this.desk.read();
      if (order !== undefined && order.id !== this.given.at(-1)?.id) this.given.push(order);
    };
    if (obeys) this.desk.attend({ host: "h1", look });
    const control = controlOf({
      pid: 1,
      graphPath: "/graph.yaml",
      isGraphOpen: () => true,
      isPrivate: notAsked,
      get snapshot() {
        return notAsked();
      },
      get graph() {
        return notAsked();
      },
      clock: { nowMs: notAsked, wall: notAsked, yieldTurn: notAsked },
      working: notAsked,
      atWork: notAsked,
      stuck: () => undefined,
      metrics: notAsked,
      exchange: notAsked,
      reload: notAsked,
      stop: () => {},
      journal: notAsked,
      hold: notAsked,
      release: notAsked,
      holds: notAsked,
      factsOf: notAsked,
      plan: notAsked,
      detailOf: notAsked,
      ownPlan: notAsked,
      keyOf: notAsked,
      undo: notAsked,
      events: { read: notAsked, counts: { readers: 0, dropped: 0 } },
      order: (wish, signal) => this.desk.give(wish, signal),
    }, "owner");
    const limits = { connectionsMax: 8, connectionMs: 10_000 };
    const serve = listenAtFile(
      { path: controlSocketPath(prefix) },
      limits,
      (connection) => serveRequest(connection, control),
    );
    assert(serve.ok);
    this.#listener = serve.value;
  }

  /** What whoever gave the last order was advised. */
  hint = "";

  /** The order after `count` others. */
  async order(count: number): Promise<HostOrder> {
    assert(await eventually(() => this.given.length > count), "no order was given");
    return this.given[count]!;
  }

  says(order: HostOrder, state: OrderReply["state"], text: string): void {
    this.desk.say({ order: order.id, state, text });
  }

  async stop(): Promise<void> {
    this.desk.close();
    await this.#listener.close();
  }
}

type Give = (wish: CommandRequest, waitMs?: number) => Promise<string>;

async function withAgent(
  test: (give: Give, agent: HandAgent, said: string[]) => Promise<HandAgent | void>,
  obeys = true,
): Promise<void> {
  await inDirectory(async (prefix) => {
    const lock = await takeStateLock(prefix, "graph.yaml", createLocalClock());
    assert(lock.ok);
    const said: string[] = [];
    const give: Give = async (wish, waitMs = 20_000) => {
      const given = { flags: new Map([["prefix", prefix]]), environment: () => undefined };
      const say = (text: string) => void said.push(text);
      const heard = await sendCommand(given, wish, { waitMs, say });
      agent.hint = heard.ok ? "" : heard.failure.hint ?? "";
      return heard.ok ? heard.value : heard.failure.message;
    };
    const agent = new HandAgent(prefix, obeys);
    let last: HandAgent | void = undefined;
    try {
      last = await test(give, agent, said);
    } finally {
      await (last ?? agent).stop();
      lock.value.close();
    }
  });
}

for (const wish of ["volunteer", "leave"] as const) {
  Deno.test(
    `the same order twice at once is obeyed once, and both hear of it: ${wish}`,
    WAITS_ON,
    async () => {
      await withAgent(async (give, agent, said) => {
        const first = give(wish);
        const order = await agent.order(0);
        agent.says(order, "working", "is at it");
        assert(await eventually(() => said.length === 1));
        const second = give(wish);
        assert(await eventually(() => said.length === 2));
        agent.says(order, "done", "is so");
        assertEquals([await first, await second], ["h1 is so", "h1 is so"]);
        assertEquals(agent.given.length, 1);
      });
    },
  );
}

Deno.test("an order that another one overrules says which", WAITS_ON, async () => {
  await withAgent(async (give, agent) => {
    const first = give("volunteer");
    await agent.order(0);
    const second = give("leave");
    agent.says(await agent.order(1), "done", "is so");
    assertStringIncludes(await first, "another order came after this one and counts: mgmt leave");
    assertEquals(await second, "h1 is so");
  });
});

Deno.test(
  "to give up a lost cluster is another order than to leave one that may answer",
  WAITS_ON,
  async () => {
    await withAgent(async (give, agent) => {
      const first = give("leave");
      agent.says(await agent.order(0), "working", "is at it");
      assert(agent.desk.give({ lost: true }, new AbortController().signal).ok);
      const order = await agent.order(1);
      assertEquals([order.leave, order.lost, order.join], [true, true, undefined]);
      agent.says(order, "done", "is so");
      assertStringIncludes(await first, "another order came after this one and counts: mgmt leave");
    });
  },
);

Deno.test(
  "who waits for an order hears its end from the agent that is there by then",
  WAITS_ON,
  async () => {
    await withAgent(async (give, agent, said) => {
      const heard = give("leave");
      const order = await agent.order(0);
      agent.says(order, "working", "is at it");
      assert(await eventually(() => said.length === 1));
      await agent.stop();
      const next = new HandAgent(agent.prefix);
      assertEquals(next.given, [order]);
      next.says(order, "done", "is so");
      assertEquals(await heard, "h1 is so");
      return next;
    });
  },
);

Deno.test(
  "an order whose agent is killed before it says a word is heard of from the next one",
  WAITS_ON,
  async () => {
    await withAgent(async (give, agent, said) => {
      await agent.stop();
      // It takes the order, and ends before it answers.
      const dying = Deno.listen({ transport: "unix", path: controlSocketPath(agent.prefix) });
      const heard = give("leave");
      const connection = await dying.accept();
      await connection.read(new Uint8Array(1000));
      dying.close();
      connection.close();
      const next = new HandAgent(agent.prefix);
      const isHeard = eventually(() => next.given.length > 0 || said.length > 1);
      if (await isHeard) next.says(next.given[0]!, "done", "is so");
      assertEquals(await heard, "h1 is so");
      return next;
    });
  },
);

Deno.test("an order that takes longer than is waited stays in force", WAITS_ON, async () => {
  await withAgent(async (give, agent) => {
    const heard = give("leave", 0);
    const order = await agent.order(0);
    agent.says(order, "working", "is at it");
    assertEquals(await heard, "not done within --wait, and the agent goes on: h1 is at it");
    assertEquals(agent.desk.read(), order);
    agent.says(order, "refused", "it cannot");
  });
});

Deno.test(
  "without a part in a cluster an offer is kept, and an order to leave is not",
  WAITS_ON,
  async () => {
    await withAgent(async (give, agent) => {
      for (const wish of ["leave", "volunteer"] as const) {
        assertStringIncludes(await give(wish), "is in no cluster");
        // It runs: what is missing is not its prefix.
        assertStringIncludes(agent.hint, "when it is started with --hostname");
        assertEquals(agent.desk.read(), undefined);
      }
      Deno.mkdirSync(join(agent.prefix, "cluster/state"), { recursive: true });
      Deno.writeTextFileSync(join(agent.prefix, "cluster/state/identity.json"), "{}");
      assertStringIncludes(await give("volunteer-not"), "does not take the order up");
      assertEquals(agent.desk.read()?.volunteer, false);
      assertStringIncludes(await give("leave"), "does not take the order up");
      assertEquals(agent.desk.read()?.leave, false);
      const again = { id: agent.desk.read()!.id, volunteer: false };
      const { signal } = new AbortController();
      assert(!agent.desk.give(again, signal).ok, "whoever asks again would wait for ever");
    }, false);
  },
);

Deno.test(
  "an order to leave for another cluster says of a host that has left before that it is out",
  WAITS_ON,
  async () => {
    await withAgent((_give, agent) => {
      const { signal } = new AbortController();
      const urls = ["http://there:1"];
      const join = { urls, lost: false };
      agent.desk.write({ id: "0", volunteer: true, leave: true, left: true });
      assert(agent.desk.give({ join }, signal).ok);
      assertEquals([agent.desk.read()?.left, agent.desk.read()?.out], [undefined, true]);
      // Also when another one comes before that is obeyed; whoever comes back is not out.
      assert(agent.desk.give({ join: { ...join, lost: true } }, signal).ok);
      assertEquals(agent.desk.read()?.out, true);
      assert(agent.desk.give({ volunteer: true }, signal).ok);
      assertEquals(agent.desk.read()?.out, undefined);
      return Promise.resolve();
    });
  },
);
