import { assert, assertEquals } from "@std/assert";
import { COLLECTED, IDENTITY } from "../../../src/app/cluster/disk.ts";
import { ORDER, ordersDirectory } from "../../../src/app/cluster/orders.ts";
import { clusterPlace } from "../../../src/app/cluster/cluster_place.ts";
import { inDirectory } from "../../support/program.ts";

Deno.test("who has left has collected nothing, whatever is kept for when it comes back", async () => {
  await inDirectory((prefix) => {
    const directory = ordersDirectory(prefix);
    const write = (name: string, value: object) => {
      assert(directory.write(name, JSON.stringify(value)).ok);
    };
    const collected = () => {
      const flags = new Map([["prefix", prefix]]);
      const place = clusterPlace({ flags, environment: () => undefined });
      assert(place.ok);
      return place.value.collected;
    };
    write(IDENTITY, { id: "a", endpoints: ["http://10.0.0.1:2379"] });
    write(COLLECTED, { atMs: 5, offers: [{}, {}], withdrawn: [] });
    assertEquals(collected(), { atMs: 5, count: 2 });
    const order = { id: "1", volunteer: true, leave: true };
    write(ORDER, order);
    assertEquals(collected(), { atMs: 5, count: 2 });
    write(ORDER, { ...order, left: true });
    assertEquals(collected(), undefined);
    return Promise.resolve();
  });
});
