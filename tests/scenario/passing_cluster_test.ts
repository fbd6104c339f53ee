/** Clusters of runs that end by themselves, and of what comes after them at other addresses. */

import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { eventually, freeUrl } from "../support/etcd.ts";
import { freePort } from "../support/free_port.ts";
import { isSoon } from "../support/polling.ts";
import {
  contentOf,
  inDirectory,
  Program,
  type Program as Run,
  within,
} from "../support/program.ts";

/** Exports a file, and collects those of all. */
function graph(directory: string, host: string): string {
  const files = join(directory, `files-${host}`);
  Deno.mkdirSync(files, { recursive: true });
  const path = join(directory, `${host}.yaml`);
  const file = `{name: "@@${host}", path: "${join(files, host)}", content: ${host}}`;
  const collect = `{kind: file, pattern: "${files}/", withdrawn: absent}`;
  Deno.writeTextFileSync(
    path,
    `graph: g\nresources: {file: [${file}]}\ncollect: [${collect}]\n`,
  );
  return path;
}

/** Starts an agent of that name, which keeps its state from one run to the next. */
function start(directory: string, host: string, ...more: string[]): Run {
  return new Program([
    ...["run", graph(directory, host), "--prefix", join(directory, host), "--hostname", host],
    ...more,
  ]);
}

function at(address: string): string[] {
  return [
    ...["--client-urls", `${address}:${freePort()}`],
    ...["--server-urls", `${address}:${freePort()}`],
  ];
}

/** Where the members of the cluster of that host are, as their list says. */
async function peerUrls([, , , server]: readonly string[]): Promise<string[]> {
  try {
    const list = await (await fetch(`http://${server}/members`)).json();
    return list.flatMap((each: { peerURLs: string[] }) => each.peerURLs);
  } catch {
    return [];
  }
}

function filesOf(directory: string, host: string): string[] {
  const files = [...Deno.readDirSync(join(directory, `files-${host}`))].map(({ name }) => name);
  return files.filter((name) => !name.startsWith(".")).sort();
}

Deno.test("what a run that ends by itself founds goes with it, and a member that moves says so itself", async () => {
  await inDirectory(async (directory) => {
    const once = await start(directory, "a", ...at("127.0.0.1"), "-t", "0").ended();
    assertEquals(once.code, 0, once.stderr);
    const agents: Run[] = [];
    const said = () => agents.map(({ stderr }) => stderr).join("\n---\n");
    const isAt = async (place: readonly string[]) => {
      const url = `http://${place[3]}`;
      await eventually(async () => (await peerUrls(place)).length > 0, said);
      const settled = async () => (await peerUrls(place)).join() === url;
      await isSoon(settled, 60_000);
      assertEquals(await peerUrls(place), [url], said());
    };
    try {
      const [first, second] = [at("127.0.0.2"), at("127.0.0.3")];
      agents.push(start(directory, "a", ...first));
      await isAt(first);
      await agents[0]!.interrupt();
      agents.push(start(directory, "a", ...second));
      await isAt(second);
      agents.push(start(directory, "b", "--seeds", second[1]!, ...at("127.0.0.4")));
      await agents[2]!.says("asked to run etcd: starts as a learner");
      await within(60_000, () => filesOf(directory, "b").join() === "a,b", said);
    } finally {
      await Promise.all(agents.map((agent) => agent.interrupt()));
    }
    const data = [...Deno.readDirSync(join(directory, "a/cluster/etcd/data"))];
    assertEquals(data.length, 1, "of the first run nothing is left");
  });
});

Deno.test("runs that end by themselves exchange as long as they run, and take nothing back without the others", async () => {
  await inDirectory(async (directory) => {
    const place = ["--client-urls", freeUrl(), "--server-urls", freeUrl()];
    const hosts = ["a", "b", "c"];
    const patient = ["-t", "2", "--cluster-wait", "60"];
    const runs = hosts.map((host) => start(directory, host, ...place, ...patient));
    const ended = await Promise.all(runs.map((run) => run.ended()));
    const said = ended.map(({ stderr }) => stderr).join("\n---\n");
    assertEquals(ended.map(({ code }) => code), [0, 0, 0], said);
    for (const host of hosts) assertEquals(filesOf(directory, host), hosts, said);
    const alone = await start(directory, "b", ...place, "-t", "0").ended();
    assertEquals(alone.code, 0, alone.stderr);
    assertEquals(filesOf(directory, "b"), hosts, alone.stderr);
    assertStringIncludes(alone.stderr, "founds a new cluster, which goes with this run");
    for (const host of hosts) {
      assertEquals(contentOf(join(directory, host, "cluster/state/identity.json")), undefined);
    }
  });
});

Deno.test("a run that ends by itself founds nothing beside its seeds; who stays is no part of what another founded", async () => {
  await inDirectory(async (directory) => {
    const place = ["--client-urls", freeUrl(), "--server-urls", freeUrl()];
    const seeds = ["--seeds", place[1]!, "--cluster-wait", "1"];
    const waited = await start(directory, "a", ...place, ...seeds, "-t", "0").ended();
    assertEquals(waited.code, 0, waited.stderr);
    assert(!waited.stderr.includes("founds a new cluster"), waited.stderr);
    const passing = start(directory, "b", ...place, "--max-runtime", "60");
    await passing.says("leads the cluster");
    const stays = start(directory, "c", ...place);
    try {
      await within(60_000, () => filesOf(directory, "c").join() === "b,c", () => stays.stderr);
      await passing.interrupt();
      await stays.says("the cluster was that of a run that has ended: looks for another");
      await stays.says("leads the cluster");
      assertEquals(filesOf(directory, "c"), ["b", "c"], stays.stderr);
    } finally {
      await stays.interrupt();
      await passing.interrupt();
    }
  });
});
