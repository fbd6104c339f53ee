import { assert, assertEquals } from "@std/assert";
import { readdirSync } from "node:fs";
import { eventually } from "../support/etcd.ts";
import { EtcdWorld } from "../support/etcd_world.ts";
import { knock } from "../support/knock.ts";
import { OPTIONS, valueOf } from "../support/store_contract.ts";

/** At the port for clients, and for members. */
const MANY = { client: 10_000, peer: 3000 };

for (const [port, many] of Object.entries(MANY)) {
  Deno.test({
    name:
      `${many} half handshakes that are held at etcd's ${port} port hinder nobody, and it ends them itself`,
    ...{ sanitizeOps: false, sanitizeResources: false },
    fn: () => hold(port as keyof typeof MANY, many),
  });
}

async function hold(port: keyof typeof MANY, many: number): Promise<void> {
  await using world = await EtcdWorld.startTls();
  const [member] = world.cluster.members;
  const store = world.open();
  valueOf(await store.put("/test/a", "1", OPTIONS));
  const { pid, clientUrl, peerUrl } = member!;
  const at = port === "client" ? clientUrl : peerUrl;
  const status = () => Deno.readTextFileSync(`/proc/${pid}/status`);
  const megabytes = () => Number(/VmRSS:\s+(\d+)/.exec(status())?.[1]) / 1024;
  const descriptors = () => readdirSync(`/proc/${pid}/fd`).length;
  const before = { megabytes: megabytes(), descriptors: descriptors() };
  const strangers = knock(Number(new URL(at).port), many, "hold", "half", "nothing");
  assertEquals(await strangers.done, `knocked ${many}, refused 0`);
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
