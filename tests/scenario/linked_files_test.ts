import { assertMatch } from "@std/assert";
import { contentOf, inDirectory, Program, within } from "../support/program.ts";

Deno.test("what is written through another name of a file, or of a source, is heard", () =>
  inDirectory(async (directory) => {
    const at = (name: string) => `${directory}/${name}`;
    await Deno.mkdir(at("source/d"), { recursive: true });
    await Deno.mkdir(at("other"));
    const put = (name: string, content: string) => Deno.writeTextFileSync(at(name), content);
    // In one step, so that no agent writes in between.
    const over = (name: string, content: string) => {
      using file = Deno.openSync(at(name), { write: true });
      file.writeSync(new TextEncoder().encode(content));
    };
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
      within(60_000, () => contentOf(at(name)) === content, () => `${name}: ${program.stderr}`);
    try {
      await program.says("Recap");
      for (const round of [1, 2]) {
        over("other/whole", `${round}hole\n`);
        await holds("whole", "whole\n");
        const others = `${round}ine\n`.repeat(round + 1);
        over("other/lined", others);
        await holds("lined", `${others}line\n`);
        over("other/source-d-f", `${round}`);
        await holds("t/d/f", `${round}`);
        over("other/single", `${round}`);
        await holds("copy", `${round}`);
      }
      // One name less, and the file is as any other.
      await Deno.remove(at("other/whole"));
      over("whole", "x");
      await holds("whole", "whole\n");
      const { stderr } = await program.interrupt();
      assertMatch(stderr, /4 changed, 0 failed, 0 blocked, 0 contested/);
    } finally {
      await program.interrupt();
    }
  }));
