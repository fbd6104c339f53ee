import { assert, assertEquals, assertMatch } from "@std/assert";
import { clusterPlace } from "../../../src/app/cluster/cluster_place.ts";
import { COLLECTED, IDENTITY, openClusterDisk, renamed } from "../../../src/app/cluster/disk.ts";
import { stateDirectory } from "../../../src/os/state/state_directory.ts";
import type { ExchangeMemory, Remembered } from "../../../src/cluster/exchange/exchange_memory.ts";

const random = { hex: () => "0123" } as unknown as Parameters<typeof openClusterDisk>[1];

/** The memory below a new prefix, with what an earlier run left there. */
async function withMemory(
  left: Remembered | undefined,
  use: (memory: ExchangeMemory) => void,
): Promise<void> {
  const prefix = await Deno.makeTempDir({ prefix: "mgmt-disk-" });
  try {
    if (left !== undefined) {
      stateDirectory(`${prefix}/cluster/state`).write(COLLECTED, JSON.stringify(left));
    }
    const disk = openClusterDisk(prefix, random, ({ message }) => {
      throw new Error(message);
    });
    assert(disk.ok);
    use(disk.value);
  } finally {
    await Deno.remove(prefix, { recursive: true });
  }
}

const remembered = (atMs: number, content: string): Remembered => ({
  atMs,
  offers: [{ host: "a", hostId: "a", kind: "file", name: "motd", fields: { content } }],
  withdrawn: [],
});

Deno.test("who leaves and comes back in one run begins with what it collected last, not with what was there when the agent started", async () => {
  await withMemory(remembered(1, "v3"), (memory) => {
    assertEquals(memory.load(), remembered(1, "v3"));
    memory.save(remembered(2, "v4"));
    assertEquals(memory.load(), remembered(2, "v4"));
  });
});

Deno.test("what was collected in the first run of a prefix is read again in it", async () => {
  await withMemory(undefined, (memory) => {
    assertEquals(memory.load(), undefined);
    memory.save(remembered(2, "v4"));
    assertEquals(memory.load(), remembered(2, "v4"));
  });
});

Deno.test("a member cannot be renamed: its host starts with its own name, and is told so with another", async () => {
  const prefix = await Deno.makeTempDir({ prefix: "mgmt-disk-" });
  try {
    assertEquals(renamed(prefix, "A2"), undefined);
    const state = stateDirectory(`${prefix}/cluster/state`);
    const identity = { id: "0123", endpoints: [] };
    state.write(IDENTITY, JSON.stringify(identity));
    assertEquals(renamed(prefix, "A2new"), undefined, "a client is nobody's member");
    const member = { name: "A2-01234567", initialCluster: [], founds: true, ran: true };
    state.write(IDENTITY, JSON.stringify({ ...identity, member }));
    assertEquals(renamed(prefix, "A2"), undefined);
    const refused = renamed(prefix, "A2new");
    assertEquals(
      refused?.message,
      `${prefix} is that of host A2, a member of its cluster, not of A2new`,
    );
    assertMatch(refused?.hint ?? "", /^go on with --hostname A2; .*mgmt leave --prefix/);
  } finally {
    await Deno.remove(prefix, { recursive: true });
  }
});

Deno.test("commands are told what a host waits for that is in no cluster yet, and no more when it is", async () => {
  const prefix = await Deno.makeTempDir({ prefix: "mgmt-disk-" });
  try {
    const disk = openClusterDisk(prefix, random, () => {});
    assert(disk.ok);
    const place = () =>
      clusterPlace({ flags: new Map([["prefix", prefix]]), environment: () => undefined });
    disk.value.saveWaiting("waiting for the seeds: nothing listens at http://10.0.0.1:2379");
    const waits = place();
    assert(!waits.ok);
    assertEquals(
      waits.failure.message,
      `the host of ${prefix} is in no cluster yet; its agent said last: ` +
        "waiting for the seeds: nothing listens at http://10.0.0.1:2379",
    );
    disk.value.saveIdentity({ id: "a", clusterId: "c1", endpoints: [] });
    assert(place().ok);
    disk.value.saveIdentity({ id: "a", endpoints: [] });
    assert(place().ok, "what it waited for before is long forgotten");
  } finally {
    await Deno.remove(prefix, { recursive: true });
  }
});

Deno.test("copies of the state of who has left its cluster are hosts of their own", async () => {
  const prefix = await Deno.makeTempDir({ prefix: "mgmt-disk-" });
  try {
    const state = stateDirectory(`${prefix}/cluster/state`);
    const opened = (kept: object) => {
      state.write(
        IDENTITY,
        JSON.stringify({ id: "kept", endpoints: ["http://10.0.0.1:2379"], ...kept }),
      );
      const disk = openClusterDisk(prefix, random, () => {});
      assert(disk.ok);
      return disk.value.identity;
    };
    assertEquals(opened({}), { id: "0123", endpoints: ["http://10.0.0.1:2379"] });
    assertEquals(opened({ clusterId: "c" }).id, "kept");
  } finally {
    await Deno.remove(prefix, { recursive: true });
  }
});

Deno.test("a file that cannot be written is told of once, until it can be again", async () => {
  const prefix = await Deno.makeTempDir({ prefix: "mgmt-disk-" });
  const told: string[] = [];
  try {
    const opened = openClusterDisk(prefix, random, ({ message }) => told.push(message));
    assert(opened.ok);
    const [disk, at] = [opened.value, `${prefix}/cluster/state/contact.json`];
    const save = () => disk.saveContact({ heardAtMs: 1, members: [] });
    for (let count = 0; count < 2; count++) {
      // In the place of a file that a full disk does not take.
      await Deno.mkdir(`${at}/in-the-way`, { recursive: true });
      save();
      save();
      await Deno.remove(at, { recursive: true });
      save();
      await Deno.remove(at);
    }
    assertEquals(told.length, 2);
    for (const message of told) assertMatch(message, /contact\.json/);
  } finally {
    await Deno.remove(prefix, { recursive: true });
  }
});
