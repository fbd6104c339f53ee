/** A snapshot becomes a new cluster, to which the other hosts come with what they export by then. */

import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "node:path";
import { etcdPrograms, freeUrl } from "../support/etcd.ts";
import { happens } from "../support/json_run.ts";
import { contentOf, inDirectory, mgmt, Program, shell, within } from "../support/program.ts";

function writeGraph(directory: string, host: string, content: string): string {
  const files = join(directory, `files-${host}`);
  Deno.mkdirSync(files, { recursive: true });
  const path = join(directory, `${host}.yaml`);
  const file = `{name: "@@${host}", path: "${join(files, host)}", content: "${content}"}`;
  const collect = `{kind: file, pattern: "${files}/", withdrawn: absent}`;
  Deno.writeTextFileSync(
    `${path}~`,
    `graph: g\nresources: {file: [${file}]}\ncollect: [${collect}]\n`,
  );
  Deno.renameSync(`${path}~`, path);
  return path;
}

Deno.test("a snapshot is restored as a new cluster; hosts come to it by one command, and nobody's newer export is undone", async () => {
  await inDirectory(async (directory) => {
    const [clients, servers] = [freeUrl(), freeUrl()];
    const snapshot = join(directory, "snapshot.db");
    const started: Program[] = [];
    const start = (host: string, ...more: string[]) => {
      const program = new Program([
        ...["run", join(directory, `${host}.yaml`), "--prefix", join(directory, host)],
        ...["--hostname", host, "--output", "json", ...more],
      ]);
      started.push(program);
      return program;
    };
    const startA = () => start("a", "--client-urls", clients, "--server-urls", servers);
    const on = (host: string, ...args: string[]) =>
      mgmt([...args, "--prefix", join(directory, host)]);
    const said = () => started.map(({ stdout }) => stdout).join("\n---\n");
    const ofB = join(directory, "files-a/b");
    const has = (content: string) => within(60_000, () => contentOf(ofB) === content, said);
    const etcdctl = async (...args: string[]) =>
      (await shell(`${etcdPrograms()}/etcdctl --endpoints ${clients} ${args.join(" ")}`)).trim();
    const idOf = async () =>
      JSON.parse((await on("a", "members", "--output", "json")).stdout || "{}").clusterId;
    writeGraph(directory, "a", "a");
    writeGraph(directory, "b", "old");
    try {
      const first = startA();
      await happens(first, "leads");
      start("b", "--seeds", clients, "--no-server");
      await has("old");
      await etcdctl("put", "/own/key", "then");
      const before = await idOf();
      assertEquals((await on("a", "cluster", "snapshot", snapshot)).code, 0);
      await etcdctl("put", "/own/key", "later");
      writeGraph(directory, "b", "newer");
      await has("newer");

      const running = await on("a", "cluster", "restore", snapshot, "--yes");
      assertStringIncludes(running.stderr, "stop that agent first");
      await first.interrupt();
      const damaged = Deno.readFileSync(snapshot);
      damaged[damaged.length >> 1]! ^= 1;
      Deno.writeFileSync(`${snapshot}.damaged`, damaged);
      const refused = await on("a", "cluster", "restore", `${snapshot}.damaged`, "--yes");
      assertStringIncludes(refused.stderr, "the sum at its end is another");
      const restored = await on("a", "cluster", "restore", snapshot, "--yes");
      assertEquals(restored.code, 0, restored.stderr);
      assertStringIncludes(restored.stdout, "Start its agent, with --hostname a and the addresses");
      const [, aside = ""] = /The data as it was: ([^)]+)/.exec(restored.stdout) ?? [];
      assertEquals([...Deno.readDirSync(`${aside}/data`)].length, 1);

      const again = startA();
      await happens(again, "leads");
      assertEquals(await etcdctl("get", "/own/key", "--print-value-only"), "then");
      const after = await idOf();
      assert(after !== before && after !== undefined, `${after}`);
      await happens(again, "member-moved");
      assertEquals(contentOf(ofB), "newer", "what b has not said again is not undone");
      const come = await on("b", "leave", "--join", clients, "--lost");
      assertEquals(come.code, 0, come.stderr);
      assertMatch(come.stdout, new RegExp(`^b is in cluster ${after} now`));
      writeGraph(directory, "b", "newest");
      await has("newest");
    } finally {
      await Promise.all(started.map((program) => program.interrupt()));
    }
  });
});
