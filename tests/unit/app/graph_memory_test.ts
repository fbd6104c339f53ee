import { assert, assertEquals } from "@std/assert";
import { inDirectory, repositoryFile } from "../../support/program.ts";

Deno.test("what stays of a graph through edits does not keep the texts of all its versions", () =>
  inDirectory(async (directory) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--no-check", "--quiet", "--v8-flags=--expose-gc"].concat(
        "--config",
        repositoryFile("deno.json"),
        repositoryFile("tests/support/graph_keeper.ts"),
        `${directory}/graph.yaml`,
      ),
    });
    const { stdout, stderr } = await child.output();
    const said = new TextDecoder().decode(stdout);
    const [megabytes = NaN, kept] = said.split(" ").map(Number);
    assertEquals(kept, 20, new TextDecoder().decode(stderr));
    // Twenty versions have 32 MiB of text together; the first and the last may stay.
    assert(megabytes < 28, `${megabytes} MiB`);
  }));
