import { assert, assertEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import { eventually } from "../support/etcd.ts";
import { EtcdWorld } from "../support/etcd_world.ts";
import { knock } from "../support/knock.ts";
import { OPTIONS, valueOf } from "../support/store_contract.ts";

const MANY = 10_000;

Deno.test({
  name: "10,000 half handshakes that are held at etcd hinder nobody, and it ends them itself",
  ...{ sanitizeOps: false, sanitizeResources: false },
  fn: hold,
});

async function hold(): Promise<void> {
  await using world = await EtcdWorld.startTls();
  const [member] = world.cluster.members;
  const store = world.open();
  valueOf(await store.put("/test/a", "1", OPTIONS));
  const { pid, clientUrl } = member!;
  const status = () => Deno.readTextFileSync(`/proc/${pid}/status`);
  const megabytes = () => Number(/VmRSS:\s+(\d+)/.exec(status())?.[1]) / 1024;
  const descriptors = () => readdirSync(`/proc/${pid}/fd`).length;
  const before = { megabytes: megabytes(), descriptors: descriptors() };
  const strangers = knock(Number(new URL(clientUrl).port), MANY, "hold", "half", "nothing");
  assertEquals(await strangers.done, `knocked ${MANY}, refused 0`);
  try {
    valueOf(await store.put("/test/a", "2", OPTIONS));
    valueOf(await world.open().put("/test/a", "3", OPTIONS));
    const grown = megabytes() - before.megabytes;
    assert(grown < 300, `etcd has grown by ${grown} MB`);
    await eventually(
      () => descriptors() < before.descriptors + 20,
      () => `${descriptors()} descriptors, before ${before.descriptors}`,
    );
  } finally {
    await strangers.end();
  }
}
