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
