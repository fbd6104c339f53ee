import { assertEquals } from "@std/assert";
import { contentOf, inDirectory, Program, within } from "../support/program.ts";

Deno.test("what is written through another name of a file, or of a source, is heard", () =>
  inDirectory(async (directory) => {
    const at = (name: string) => `${directory}/${name}`;
    await Deno.mkdir(at("source/d"), { recursive: true });
    await Deno.mkdir(at("other"));
    const put = (name: string, content: string) => Deno.writeTextFileSync(at(name), content);
    const links = { whole: "whole\n", lined: "line\n", "source/d/f": "f", single: "s" };
    for (const [name, content] of Object.entries(links)) {
      put(name, content);
      await Deno.link(at(name), at(`other/${name.replaceAll("/", "-")}`));
    }
    await Deno.writeTextFile(
      at("g.yaml"),
      `graph: links
resources:
  file:
  - {name: whole, path: ${at("whole")}, content: "whole\\n", in_place: true}
  - {name: tree, path: ${at("t")}/, source: source, recurse: true}
  - {name: copy, path: ${at("copy")}, source: single}
  line:
  - {name: lined, path: ${at("lined")}, line: line, in_place: true}
`,
    );
    const program = new Program(["run", at("g.yaml"), "--tmp-prefix"]);
    const holds = (name: string, content: string) =>
      within(5000, () => contentOf(at(name)) === content, () => `${name}: ${program.stderr}`);
    try {
      await program.says("Recap");
      for (const round of ["1", "2"]) {
        put("other/whole", round);
        await holds("whole", "whole\n");
        put("other/lined", `${round}\n`);
        await holds("lined", `${round}\nline\n`);
        put("other/source-d-f", round);
        await holds("t/d/f", round);
        put("other/single", round);
        await holds("copy", round);
      }
      // One name less, and the file is as any other.
      await Deno.remove(at("other/whole"));
      put("whole", "x");
      await holds("whole", "whole\n");
      const { stderr } = await program.interrupt();
      assertEquals(
        stderr.split("\n").filter((line) => line.includes("Apply: ")).length,
        11,
        stderr,
      );
    } finally {
      await program.interrupt();
    }
  }));
