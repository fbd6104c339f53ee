import { assert, assertEquals } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { inDirectory, Program } from "../support/program.ts";

/** A graph with a file of its own, an export, and whatever others export in that directory. */
async function graphOf(directory: string, name: string): Promise<string> {
  const path = `${directory}/${name}.yaml`;
  await Deno.mkdir(`${directory}/${name}.d`);
  const files = [
    `{name: it, path: ${directory}/${name}, content: words}`,
    `{name: "@@of ${name}", path: /of-${name}, content: "of ${name}"}`,
  ];
  const collect = `collect: [{kind: file, pattern: ${directory}/${name}.d/}]`;
  await Deno.writeTextFile(
    path,
    `graph: t\nresources: {file: [${files.join(", ")}]}\n${collect}\n`,
  );
  return path;
}

Deno.test("a copied state, and a host with the name of another, have no part in the cluster", async () => {
  await inDirectory(async (directory) => {
    const [clientUrl, serverUrl] = [freeUrl(), freeUrl()];
    const run = async (name: string, ...flags: string[]) => {
      const graph = await graphOf(directory, name);
      const host = name === "other" ? "h2" : "h1";
      const common = ["run", graph, "--hostname", host, "--prefix", `${directory}/${name}-state`];
      return new Program([...common, ...flags]);
    };
    const urls = ["--client-urls", clientUrl, "--server-urls", serverUrl];
    const original = await run("original", ...urls);
    try {
      await original.says("leads the cluster");
      await new Deno.Command("cp", {
        args: ["-a", `${directory}/original-state`, `${directory}/copy-state`],
      }).output();
      // It ends without its cluster where that has not answered in time.
      const ends = ["--converged-timeout", "1", "--cluster-wait", "60"];
      const there = await (await run("other", "--seeds", clientUrl, "--no-server", ...ends))
        .ended();
      assertEquals(there.code, 0, there.stderr);
      const copy = await run("copy", ...urls, ...ends);
      const namesake = await run("namesake", "--seeds", clientUrl, "--no-server", ...ends);
      const ended = [await copy.ended(), await namesake.ended()];
      const reasons = ["this host's state is a copy", "the name h1 is taken by another host"];
      for (const [index, { code, stderr }] of ended.entries()) {
        assertEquals(code, 4, stderr);
        // Once when it is known, and once in the recap.
        assertEquals(stderr.split(reasons[index]!).length, 3, stderr);
        assert(stderr.includes(`Cluster: no part in it: ${reasons[index]}`), stderr);
        assert(!stderr.includes("etcd"), stderr);
      }
      for (const name of ["copy", "namesake"]) {
        assertEquals(await Deno.readTextFile(`${directory}/${name}`), "words");
        // Its own, and nothing of the other host.
        const collected = [...Deno.readDirSync(`${directory}/${name}.d`)].map((each) => each.name);
        assertEquals(collected, [`of-${name}`]);
      }
      await original.says("a copy of this host's state was started as an agent of its own");
      assertEquals(original.stderr.split("etcd").length, 1, original.stderr);

      // The next run of the same state has its name at once, however the last one ended.
      original.signal("SIGKILL");
      await original.ended();
      const next = new Program([
        ...["run", `${directory}/original.yaml`, "--hostname", "h1"],
        ...["--prefix", `${directory}/original-state`, ...urls, ...ends],
      ]);
      const { code, stderr } = await next.ended();
      assertEquals(code, 0, stderr);
      assert(!stderr.includes("copy"), stderr);
    } finally {
      original.signal("SIGKILL");
    }
  });
});
