import { assertEquals } from "@std/assert";
import { contentOf, inDirectory, mgmt, Program, within } from "../support/program.ts";

function modeOf(path: string): number | undefined {
  try {
    return Deno.statSync(path).mode! & 0o777;
  } catch {
    return undefined;
  }
}

Deno.test("a file that nobody has made yet is put right when it comes, also again", () =>
  inDirectory(async (directory) => {
    const file = `${directory}/g.yaml`;
    const path = `${directory}/comes/later/key`;
    await Deno.writeTextFile(
      file,
      `graph: g\nresources:\n  file:\n  - name: ${path}\n    mode: "0600"\n    if_exists: true\n`,
    );
    const { code, stderr } = await mgmt(["run", file, "-t", "0", "--tmp-prefix"]);
    assertEquals([code, stderr.includes("1 ok, 0 changed, 0 failed")], [0, true], stderr);
    const agent = new Program(["run", file, "--tmp-prefix"]);
    try {
      await agent.says("Recap: 1 ok, 0 changed");
      for (const content of ["first", "second"]) {
        Deno.mkdirSync(`${directory}/comes/later`, { recursive: true });
        Deno.writeTextFileSync(path, content, { mode: 0o644 });
        await within(60_000, () => modeOf(path) === 0o600, "its mode is not put right");
        assertEquals(contentOf(path), content);
        Deno.removeSync(`${directory}/comes`, { recursive: true });
      }
    } finally {
      await agent.interrupt();
    }
    assertEquals(modeOf(path), undefined);
  }));
