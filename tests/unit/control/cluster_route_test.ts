/** What is told of a host's part in its cluster. */

import { assertEquals } from "@std/assert";
import type { ControlledAgent } from "../../../src/control/agent.ts";
import { cluster } from "../../../src/control/routes/cluster.ts";
import { readExchange } from "../../../src/web/page/model/wire.ts";
import { ToldState } from "../../support/told_state.ts";

Deno.test("cluster: it is told how much is exchanged, and with whom, those that give most first", async () => {
  const { snapshot } = new ToldState();
  const hosts = Array.from({ length: 150 }, (_, index) => [`h${index}`, index + 1] as const);
  const exchange = () => ({ exported: 3, collected: new Map(hosts) });
  const agent = { snapshot, exchange } as unknown as ControlledAgent;
  const told = await cluster.answer({} as never, agent);
  const said = (told as unknown as { value: { role: string; exchange: unknown } }).value;
  assertEquals(said.role, "none");
  const read = readExchange(said.exchange);
  assertEquals([read?.exported, read?.collected, read?.hosts], [3, 150 * 151 / 2, 150]);
  assertEquals([read?.from.length, read?.from[0]], [100, { host: "h149", resources: 150 }]);
});
