import { assertEquals, assertMatch } from "@std/assert";
import { EXECUTABLE, inDirectory, repositoryFile } from "../support/program.ts";

async function soak(directory: string, ...args: string[]) {
  const { code, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", repositoryFile("scripts/soak.ts"), ...args]
      .concat("--program", EXECUTABLE),
    env: { TMPDIR: directory },
    stderr: "null",
  }).output();
  return { code, said: new TextDecoder().decode(stdout) };
}

Deno.test("the soak finds nothing wrong in a moment, and a wrong end state that was planted", () =>
  inDirectory(async (directory) => {
    const [right, wrong] = await Promise.all([
      soak(directory, "--seconds", "1", "--seed", "1"),
      soak(directory, "--seconds", "0", "--seed", "1", "--plant"),
    ]);
    assertEquals(right.code, 0, right.said);
    assertMatch(right.said, /100 harms, 2 end states, \d agents ended/);
    assertEquals(wrong.code, 1, wrong.said);
    assertMatch(wrong.said, /wrong end states:\n\S+\/steady\/a\/file-0: is "spoilt"/);
  }));
