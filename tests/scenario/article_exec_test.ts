import { assert, assertEquals, assertMatch } from "@std/assert";
import { assertPrinted } from "../support/article_table.ts";
import { inDirectory, mgmt, repositoryFile } from "../support/program.ts";

Deno.test("four commands, three of them in a chain: what has no edge runs beside it", async () => {
  await inDirectory(async (directory) => {
    const example = await Deno.readTextFile(repositoryFile("examples/graph8.yaml"));
    assertEquals(example.split("cmd: sleep 10s").length, 5);
    // The example itself takes 35 s; nobody would see more in them.
    const file = `${directory}/graph8.yaml`;
    await Deno.writeTextFile(file, example.replaceAll("sleep 10s", "sleep 1s"));
    const flags = ["--converged-timeout=1", "--tmp-prefix", "-g", `${directory}/graph8.dot`];
    const run = await mgmt(["run", "--file", file, ...flags]);
    assertEquals(run.code, 0, run.stderr);
    assert(run.tookMs > 4000, `three of a second, one of rest: ${run.tookMs} ms`);
    const lines = run.stderr.split("\n").filter((line) => line !== "");
    for (const line of lines) assertMatch(line, /^\d\d:\d\d:\d\d /);
    assertPrinted(run.stderr, "exec", (row) => row.replace("5 seconds", "1 second"));
    /** What was said in this order, each once. */
    const inOrder = (...texts: string[]) => {
      const places = texts.map((text) => lines.findIndex((line) => line.includes(text)));
      const sorted = [...places].sort((one, other) => one - other);
      assert(places.every((place) => place >= 0), `${texts}: ${run.stderr}`);
      assertEquals(places, sorted, `${texts}: ${run.stderr}`);
      for (const text of texts) {
        assertEquals(lines.filter((line) => line.includes(text)).length, 1, text);
      }
    };
    const begins = (number: number) => `Exec[exec${number}]: Apply`;
    const ends = (number: number) => `Exec[exec${number}]: Command output is empty!`;
    const converged = "Converged for 1 second, exiting!";
    inOrder(begins(1), ends(1), begins(2), ends(2), begins(3), ends(3), converged);
    inOrder(begins(1), ends(4), begins(3));
    inOrder(begins(4), ends(1));
    inOrder(converged, "Exec[exec1]: Exited");
    for (const number of [2, 3, 4]) inOrder(converged, `Exec[exec${number}]: Exited`);
    assertMatch(lines.at(-1) ?? "", /Goodbye!$/);
  });
});
