// both runtimes: child processes and HTTP differ from one to the other

import { assert, assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { openEtcdStore } from "../../src/etcd/client/store.ts";
import { onHttp2Break } from "../../src/os/network/http2.ts";
import { createLocalClock } from "../../src/os/local_clock.ts";
import { isAlive } from "../../src/os/process/table.ts";
import { etcdPrograms, eventually, TestCluster } from "../support/etcd.ts";
import { EtcdBench } from "../support/etcd_bench.ts";
import { standStill } from "../support/processes.ts";
import { within } from "../support/program.ts";

function test(name: string, run: (bench: EtcdBench) => Promise<void>, ignore = false): void {
  Deno.test({
    name,
    ignore,
    // On one runtime a child that was left alone counts as left behind.
    ...{ sanitizeOps: false, sanitizeResources: false },
    fn: async () => {
      await using bench = new EtcdBench();
      await run(bench);
    },
  });
}

async function control(bench: EtcdBench, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(`${etcdPrograms()}/etcdctl`, {
    args: ["--endpoints", bench.clientUrl, ...args],
  }).output();
  return new TextDecoder().decode(stdout).trim();
}

/** An agent in a process of its own that can be killed. */
async function otherAgent(bench: EtcdBench, name: string): Promise<Deno.ChildProcess> {
  const script = new URL("../support/etcd_agent.ts", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", script, bench.directory, name]
      .concat(bench.clientUrl, bench.peerUrl),
    stdin: "null",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  let said = "";
  const limit = setTimeout(() => child.kill("SIGKILL"), 60_000);
  for await (const text of child.stdout.pipeThrough(new TextDecoderStream())) {
    said += text;
    if (said.includes(`runs ${name}`)) {
      clearTimeout(limit);
      return child;
    }
  }
  throw new Error(`the other agent runs no etcd: ${said}`);
}

test("a wish for etcd is kept: it runs, ends with its runner, and its data stay", async (bench) => {
  const runner = bench.runner();
  runner.wish(bench.start("a-00000001"));
  await bench.hears("runs a-00000001");
  const { pid, session } = bench.running();
  assertEquals(session, pid, "it has no session of its own");
  assertEquals(await control(bench, "put", "key", "value"), "OK");
  const environment = Deno.readTextFileSync(`/proc/${pid}/environ`).split("\0");
  assertEquals(environment.filter((line) => !/^(PATH=|$)/.test(line)), []);
  assertEquals(Deno.statSync(`${bench.directory}/data/a-00000001`).mode! & 0o777, 0o700);
  await runner.close();
  assertEquals([bench.told, bench.entry()], [["runs a-00000001"], undefined]);
  const next = bench.runner();
  next.wish(bench.start("a-00000001", "ran"));
  await within(30_000, () => bench.told.length === 2, "it does not run again");
  assertEquals(await control(bench, "get", "key", "--print-value-only"), "value");
});

test("an etcd that is wanted again as soon as it has ended runs again, and ends once", async (bench) => {
  const name = "a-00000001";
  const runner = bench.runner();
  runner.wish(bench.start(name));
  await bench.hears(`runs ${name}`);
  const { pid } = bench.running();
  bench.onTold = (line) => {
    if (line.startsWith("ended")) runner.wish(bench.start(name, "ran"));
  };
  runner.wish(undefined);
  const runs = () => bench.told.filter((line) => line.startsWith("runs")).length === 2;
  await within(30_000, runs, () => bench.told.join("\n"));
  const why = "it is not wanted any more";
  assertEquals(bench.told, [`runs ${name}`, `ended ${name} other ${why}`, `runs ${name}`]);
  assertNotEquals(bench.running().pid, pid);
});

test("etcd keeps little of its log, which has all exports that changed", async (bench) => {
  bench.runner().wish(bench.start("a-00000001"));
  await bench.hears("runs a-00000001");
  const host = { clock: createLocalClock(), onHttp2Break };
  const store = openEtcdStore({ clientUrls: [bench.clientUrl] }, host);
  // Of up to a megabyte each: by default it keeps 15,000 of them in memory.
  const written = await Promise.all(
    Array.from({ length: 600 }, (_, index) => store.put(`/k${index}`, "v", { deadlineMs: 20_000 })),
  );
  store.close();
  assert(written.every(({ ok }) => ok), "not all was written");
  const snapshots = () =>
    [...Deno.readDirSync(`${bench.directory}/data/a-00000001/member/snap`)]
      .filter(({ name }) => name.endsWith(".snap"));
  await within(30_000, () => snapshots().length > 0, "it keeps all of its log");
});

test("etcd has none of root's rights but the user", async (bench) => {
  bench.runner().wish(bench.start("a-00000001"));
  await bench.hears("runs a-00000001");
  const status = Deno.readTextFileSync(`/proc/${bench.running().pid}/status`);
  const of = (field: string) => new RegExp(`^${field}:\\s+(\\w+)$`, "m").exec(status)?.[1];
  assertEquals(
    ["CapEff", "CapPrm", "CapInh", "CapBnd", "NoNewPrivs"].map(of),
    [...Array(4).fill("0000000000000000"), "1"],
  );
});

test(
  "etcd as root comes to its data in a directory that another user keeps for himself",
  async (bench) => {
    Deno.chownSync(bench.directory, 65534, 65534);
    Deno.chmodSync(bench.directory, 0o700);
    bench.runner().wish(bench.start("a-00000001"));
    await bench.hears("runs a-00000001");
  },
  Deno.uid() !== 0,
);

test("an etcd that is killed soon after its start is no hopeless case", async (bench) => {
  bench.runner().wish(bench.start("a-00000001"));
  await bench.hears("runs a-00000001");
  Deno.kill(bench.running().pid, "SIGKILL");
  await bench.hears("ended a-00000001 other it was killed (SIGKILL)");
});

test("the end of an etcd by a signal is told as that, and not as what it complained of", async (bench) => {
  bench.runner().wish(bench.start("a-00000001"));
  await bench.hears("runs a-00000001");
  Deno.kill(bench.running().pid, "SIGTERM");
  await bench.hears("ended a-00000001 other it was ended by a signal (SIGTERM)");
});

test("the etcd of a killed agent is adopted, and its end is noticed", async (bench) => {
  const agent = await otherAgent(bench, "a-00000001");
  const { pid } = bench.running();
  agent.kill("SIGKILL");
  await agent.status;
  bench.runner().wish(bench.start("a-00000001", "ran"));
  await bench.hears("runs a-00000001");
  assertEquals(bench.running().pid, pid);
  await bench.hears(
    `says goes on with the etcd that an agent before left running (process ${pid})`,
  );
  Deno.kill(pid, "SIGKILL");
  await bench.hears("ended a-00000001 other");
});

test("the etcd of a killed agent is ended when it is not wanted any more", async (bench) => {
  const agent = await otherAgent(bench, "a-00000001");
  const left = bench.running();
  agent.kill("SIGKILL");
  await agent.status;
  bench.runner().wish(undefined);
  await within(30_000, () => !isAlive(left), "it still runs");
});

test("the etcd of a killed agent that does not answer gives way to a new one", async (bench) => {
  const agent = await otherAgent(bench, "a-00000001");
  const left = bench.running();
  agent.kill("SIGKILL");
  await agent.status;
  assertEquals(await control(bench, "put", "key", "value"), "OK");
  await standStill(left.pid);
  bench.runner().wish(bench.start("a-00000001", "ran"));
  await bench.hears("runs a-00000001", 60_000);
  assertNotEquals(bench.running().pid, left.pid);
  assert(!isAlive(left));
  assertEquals(await control(bench, "get", "key", "--print-value-only"), "value");
});

test("an agent does not wait for an etcd that waits for others before it ends", async (bench) => {
  const runner = bench.runner();
  runner.wish(bench.start("a-00000001"));
  await bench.hears("runs a-00000001");
  Deno.kill(bench.running().pid, "SIGSTOP");
  let timer: ReturnType<typeof setTimeout> | undefined;
  // Seven seconds are what etcd itself gives the others.
  const etcds = new Promise((resolve) => timer = setTimeout(() => resolve("late"), 7000));
  const first = await Promise.race([runner.close(), etcds]);
  clearTimeout(timer);
  assertEquals([first, bench.entry()], [undefined, undefined]);
});

test("an etcd that was started and not written down is found by its data", async (bench) => {
  const agent = await otherAgent(bench, "a-00000001");
  const { pid } = bench.running();
  agent.kill("SIGKILL");
  await agent.status;
  Deno.removeSync(`${bench.directory}/etcd.pid`);
  bench.runner().wish(bench.start("a-00000001", "ran"));
  try {
    await bench.hears("runs a-00000001");
  } finally {
    Deno.kill(pid, "SIGKILL");
  }
  await bench.hears("ended a-00000001 other");
});

test("a process that is no etcd of ours is left alone, whatever is written down", async (bench) => {
  const stranger = new Deno.Command("sleep", { args: ["60"] }).spawn();
  try {
    const text = Deno.readTextFileSync(`/proc/${stranger.pid}/stat`);
    const started = Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[19]);
    const record = { name: "a-00000001", pid: stranger.pid, started };
    Deno.writeTextFileSync(`${bench.directory}/etcd.pid`, JSON.stringify(record));
    const runner = bench.runner();
    runner.wish(undefined);
    runner.wish(bench.start("a-00000001"));
    await bench.hears("runs a-00000001");
    Deno.kill(stranger.pid, "SIGTERM");
    assertEquals((await stranger.status).signal, "SIGTERM");
  } finally {
    try {
      stranger.kill("SIGKILL");
    } catch {
      // It has ended, as it should.
    }
  }
});

test("another member than the one that runs takes its place, and each end is told", async (bench) => {
  const runner = bench.runner();
  runner.wish(bench.start("a-00000001"));
  await bench.hears("runs a-00000001");
  runner.wish(bench.start("a-00000002"));
  await bench.hears("runs a-00000002");
  runner.wish(undefined);
  await bench.hears("ended a-00000002");
  assertEquals(bench.told.map((line) => line.split(" ", 2).join(" ")), [
    ...["runs a-00000001", "ended a-00000001", "runs a-00000002", "ended a-00000002"],
  ]);
  assertEquals(
    bench.told.filter((line) => line.endsWith("other it is not wanted any more")).length,
    2,
  );
});

test("the end of one that never came to run is told, too", async (bench) => {
  const runner = bench.runner();
  // It waits for others, which are not there.
  const others = [{ name: "b", url: "http://127.0.0.1:1" }, {
    name: "c",
    url: "http://127.0.0.1:2",
  }];
  const { initialCluster } = bench.start("a-00000001");
  runner.wish({ name: "a-00000001", state: "new", initialCluster: [...initialCluster, ...others] });
  await within(30_000, () => bench.entry() !== undefined, "it was not started");
  runner.wish(undefined);
  await bench.hears("ended a-00000001");
});

test("the end of one that was wished for and taken back at once is told, too", async (bench) => {
  const runner = bench.runner();
  runner.wish(bench.start("a-00000001"));
  runner.wish(undefined);
  await bench.hears("ended a-00000001 other");
});

test("two clusters founded at the same address are not the same", async (bench) => {
  const ids: string[] = [];
  for (const name of ["a-00000001", "a-00000002"]) {
    const runner = bench.runner();
    runner.wish(bench.start(name));
    await bench.hears(`runs ${name}`);
    const status = JSON.parse(await control(bench, "endpoint", "status", "-w", "json"));
    ids.push(`${status[0].Status.header.cluster_id}`);
    await runner.close();
  }
  assertNotEquals(ids[0], ids[1]);
});

test("data that is gone is a clear line, and no member starts from nothing", async (bench) => {
  bench.runner().wish(bench.start("a-00000001", "ran"));
  await bench.hears(
    /^ended a-00000001 final its data is gone: .*\/data\/a-00000001; put it back, or .*start it\)$/,
  );
  assertEquals([...Deno.readDirSync(bench.directory)], []);
});

test("an etcd that cannot be run is a clear line", async (bench) => {
  await bench.withProgram("echo etcd Version: 3.6.16", async () => {
    bench.runner().wish(bench.start("a-00000001"));
    await bench.hears("ended a-00000001 other etcd Version: 3.6.16");
    Deno.removeSync(`${bench.directory}/etcd`);
    bench.runner().wish(bench.start("a-00000001"));
    await bench.hears("ended a-00000001 unstarted there is no etcd inside this executable");
  });
});

test("a disk that is too small is a clear line", async (bench) => {
  await onSmallDisk(bench, 50, async () => {
    bench.runner().wish(bench.start("a-00000001"));
    await bench.hears("ended");
    assertMatch(
      bench.told.join(),
      /^ended a-00000001 unstarted (49|50) MiB are free for etcd at .*, it needs 192 \(make room/,
    );
  });
}, Deno.uid() !== 0);

test("a disk that gets full ends etcd for good, with the reason", async (bench) => {
  await onSmallDisk(bench, 200, async (directory) => {
    const runner = bench.runner();
    runner.wish(bench.start("a-00000001"));
    await bench.hears("runs a-00000001");
    await new Deno.Command("sh", { args: ["-c", `cat /dev/zero >'${directory}/fill'`] }).output();
    const value = "v".repeat(500_000);
    await eventually(
      async () => {
        const put = control(bench, "--command-timeout=2s", "put", "key", value.slice(0, 100_000));
        await put;
        return bench.told.length > 1;
      },
      () => "etcd goes on on a full disk",
      60_000,
    );
    assertMatch(bench.told.at(-1)!, /^ended a-00000001 final .*no space left on device/);
    Deno.removeSync(`${directory}/fill`);
    await runner.close();
  });
}, Deno.uid() !== 0);

/** Puts the bench's directory on a file system of so many megabytes. */
async function onSmallDisk(
  bench: EtcdBench,
  megabytes: number,
  run: (directory: string) => Promise<void>,
): Promise<void> {
  const { directory } = bench;
  const mount = ["-t", "tmpfs", "-o", `size=${megabytes}m,mode=700`, "none", directory];
  assert((await new Deno.Command("mount", { args: mount }).output()).success);
  try {
    await run(directory);
  } finally {
    const entry = bench.entry();
    if (entry !== undefined) {
      Deno.kill(entry.pid, "SIGKILL");
      await within(30_000, () => !isAlive(entry), "etcd cannot be killed");
    }
    await new Deno.Command("umount", { args: ["-l", directory] }).output();
  }
}

test("a corrupt log ends it for good, with the reason", async (bench) => {
  const first = bench.runner();
  first.wish(bench.start("a-00000001"));
  await bench.hears("runs a-00000001");
  for (let index = 0; index < 20; index++) await control(bench, "put", `${index}`, "value");
  await first.close();
  const wal = `${bench.directory}/data/a-00000001/member/wal/0000000000000000-0000000000000000.wal`;
  const bytes = Deno.readFileSync(wal);
  bytes.fill(0x5a, 200, 400);
  Deno.writeFileSync(wal, bytes);
  bench.runner().wish(bench.start("a-00000001", "ran"));
  await bench.hears(/^ended a-00000001 (final|other) /);
  assertMatch(bench.told.at(-1)!, /^ended a-00000001 final .*\(see .*etcd\.log\)$/);
});

test("a member that is removed ends, and says so", async (bench) => {
  await using cluster = await TestCluster.start(1);
  const name = "a-00000001";
  await cluster.control(["member", "add", name, "--learner", "--peer-urls", bench.peerUrl]);
  const founder = { name: cluster.members[0]!.name, url: cluster.members[0]!.peerUrl };
  const { initialCluster } = bench.start(name);
  bench.runner().wish({ name, state: "existing", initialCluster: [founder, ...initialCluster] });
  await bench.hears(`runs ${name}`);
  const members = await cluster.control(["member", "list"]);
  const id = members.split("\n").find((line) => line.includes(name))!.split(",")[0]!;
  await cluster.control(["member", "remove", id]);
  await bench.hears(`ended ${name} removed`);
});

test("data that is put aside stays, also when there is nothing more to put aside", async (bench) => {
  const runner = bench.runner();
  runner.wish(bench.start("a-00000001"));
  await bench.hears("runs a-00000001");
  runner.wish(undefined);
  runner.aside("a-00000001");
  runner.aside("a-00000009");
  await runner.close();
  const aside = [...Deno.readDirSync(`${bench.directory}/aside`)].map(({ name }) => name);
  assertEquals(aside.map((name) => name.slice(name.indexOf("-") + 1)), ["a-00000001"]);
  assert(Deno.statSync(`${bench.directory}/aside/${aside[0]}/member/snap/db`).isFile);
  assertEquals([...Deno.readDirSync(`${bench.directory}/data`)], []);
});
