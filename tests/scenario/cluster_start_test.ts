import { assert, assertEquals } from "@std/assert";
import { freeUrl } from "../support/etcd.ts";
import { inDirectory, Program } from "../support/program.ts";

Deno.test("a graph runs first, and then its host looks for a cluster", async () => {
  await inDirectory(async (directory) => {
    const [graph, made] = [`${directory}/g.yaml`, `${directory}/made`];
    const file = `{name: it, path: ${made}, content: words}`;
    await Deno.writeTextFile(graph, `graph: t\nresources: {file: [${file}]}\n`);
    const program = new Program([
      ...["run", graph, "--prefix", `${directory}/prefix`, "--hostname", "h1"],
      ...["--client-urls", freeUrl(), "--server-urls", freeUrl()],
    ]);
    try {
      await program.says("Cluster: ");
      assertEquals(await Deno.readTextFile(made), "words");
      const [change, cluster] = ["Recap: ", "Cluster: "].map((text) =>
        program.stderr.indexOf(text)
      );
      assert(change! >= 0 && change! < cluster!, program.stderr);
    } finally {
      await program.interrupt();
    }
  });
});

Deno.test("programs read what happens in the cluster as fields, and the sentence that people read", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, "graph: t\nresources: {noop: [{name: n}]}\n");
    const [url, peerUrl] = [freeUrl(), freeUrl()];
    const program = new Program([
      ...["run", graph, "--prefix", `${directory}/prefix`, "--hostname", "h1", "--output", "json"],
      ...["--client-urls", url, "--server-urls", peerUrl],
    ]);
    await program.says("leads the cluster");
    assertEquals(/"topic":"Cluster"[^\n]*/.exec(program.stdout)?.[0], undefined);
    await program.says(/"what":"membership"[^\n]*"leader":"h1"/);
    const { stdout } = await program.interrupt();
    const events = stdout.trimEnd().split("\n").map((line) => JSON.parse(line));
    const told = (what: string) => events.filter((each) => each.what === what);
    const [founds] = told("founds");
    assertEquals([founds.type, founds.temporary, founds.level, founds.text], [
      "cluster",
      false,
      "notice",
      "founds a new cluster",
    ]);
    const [leads] = told("leads");
    assertEquals(leads.text, `leads the cluster (${leads.revision})`);
    const stands = told("membership");
    assertEquals(stands[0].phase, "looking");
    const { phase, leader, members, text } = stands.at(-1);
    assertEquals([phase, leader, text], ["voter", "h1", undefined]);
    assertEquals(members.map((each: typeof members[0]) => ({ ...each, id: "" })), [
      { id: "", host: "h1", clientUrls: [url], learner: false },
    ]);
    assertEquals(told("part-ended").length, 1);
  });
});

Deno.test("a seed that names what is no address ends nobody who asks it", async () => {
  await inDirectory(async (directory) => {
    const graph = `${directory}/g.yaml`;
    await Deno.writeTextFile(graph, "graph: t\nresources: {noop: [{name: n}]}\n");
    const [seed, own] = [freeUrl(), freeUrl()];
    const asked = Promise.withResolvers<string>();
    let questions = 0;
    const hello = { id: "0", cluster: "none", clientUrls: [seed], hosts: [seed, own] };
    await using _server = Deno.serve({
      hostname: "127.0.0.1",
      port: Number(new URL(seed).port),
      onListen: () => {},
      handler: () => {
        if (++questions === 3) asked.resolve("asked on");
        return Response.json({ ...hello, endpoints: ["nowhere", ""] });
      },
    });
    const program = new Program([
      ...["run", graph, "--prefix", `${directory}/prefix`, "--hostname", "h1", "--seeds", seed],
      ...["--client-urls", own, "--server-urls", freeUrl()],
    ]);
    try {
      const gone = program.ended().then(({ stderr }) => stderr);
      assertEquals(await Promise.race([asked.promise, gone]), "asked on");
    } finally {
      await program.interrupt();
    }
  });
});
