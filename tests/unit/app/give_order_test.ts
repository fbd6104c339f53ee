import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { type AgentCommand, CommandFiles } from "../../../src/app/cluster/orders.ts";
import { type CommandRequest, sendCommand } from "../../../src/app/cluster/give_order.ts";
import { createLocalHost } from "../../../src/host/local.ts";
import { takeStateLock } from "../../../src/os/state/state_lock.ts";
import { eventually } from "../../support/processes.ts";
import { inDirectory } from "../../support/program.ts";

/** Where the runtime can only wait for a lock, the wait goes on until the lock is free or the end. */
const WAITS_ON = { sanitizeOps: false, sanitizeResources: false };

/** The agent's side of a prefix, by hand. */
async function withAgent(
  test: (
    give: (wish: CommandRequest) => Promise<string>,
    orders: CommandFiles,
    next: () => Promise<AgentCommand>,
  ) => Promise<void>,
): Promise<void> {
  await inDirectory(async (prefix) => {
    const host = createLocalHost({ prefix: undefined, warn: () => {} });
    const lock = await takeStateLock(prefix, "graph.yaml", host.clock);
    assert(lock.ok);
    const orders = new CommandFiles(prefix);
    orders.say({ version: 1, host: "h1", state: "done", text: "takes part in the cluster" });
    let last: string | undefined;
    const next = async () => {
      const isThere = () => orders.read() !== undefined && orders.read()?.id !== last;
      assert(await eventually(isThere), "no order was given");
      const order = orders.read()!;
      last = order.id;
      return order;
    };
    const give = async (wish: CommandRequest) => {
      const given = { flags: new Map([["prefix", prefix]]), environment: () => undefined };
      const said = await sendCommand(given, wish, { waitMs: 20_000, say: () => {} });
      return said.ok ? said.value : said.failure.message;
    };
    try {
      await test(give, orders, next);
    } finally {
      lock.value.close();
      await host.close();
    }
  });
}

for (const wish of ["volunteer", "leave"] as const) {
  Deno.test(
    `the same order twice at once is obeyed once, and both hear of it: ${wish}`,
    WAITS_ON,
    async () => {
      await withAgent(async (give, orders, next) => {
        const first = give(wish);
        await next();
        const second = give(wish);
        const { id } = await next();
        orders.say({ version: 1, host: "h1", order: id, state: "done", text: "is so" });
        assertEquals([await first, await second], ["h1 is so", "h1 is so"]);
      });
    },
  );
}

Deno.test("an order that another one overrules says which", WAITS_ON, async () => {
  await withAgent(async (give, orders, next) => {
    const first = give("volunteer");
    await next();
    const second = give("leave");
    const { id } = await next();
    orders.say({ version: 1, host: "h1", order: id, state: "done", text: "is so" });
    assertStringIncludes(await first, "another order came after this one and counts: mgmt leave");
    assertEquals(await second, "h1 is so");
  });
});
