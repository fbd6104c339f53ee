import { assert, assertEquals } from "@std/assert";
import { EXECUTABLE, repositoryFile } from "../support/program.ts";

/** The demonstration of the README: commands with what they print. */
function demonstration(): { command: string; output: string }[] {
  const readme = Deno.readTextFileSync(repositoryFile("README.md"));
  const block = readme.match(/<!-- demonstration -->\n```console\n([^]*?)```/)?.[1];
  assert(block !== undefined, "the README has a demonstration");
  const parts = block.split(/^\$ /m).slice(1);
  return parts.map((part) => {
    const end = part.indexOf("\n");
    return { command: part.slice(0, end), output: part.slice(end + 1) };
  });
}

Deno.test("the README's demonstration does what it shows", async () => {
  const steps = demonstration();
  assert(steps.length > 4);
  const directory = await Deno.makeTempDir({ prefix: "mgmt-readme-" });
  try {
    await Deno.symlink(EXECUTABLE, `${directory}/mgmt`);
    await Deno.symlink(repositoryFile("examples"), `${directory}/examples`);
    const marker = "-- end of a step --";
    const script = steps.map(({ command }) => `${command}\necho "${marker}"`).join("\n");
    const shell = new Deno.Command("bash", {
      args: ["-c", `${script}\nkill $!\nwait`],
      cwd: directory,
      env: { XDG_STATE_HOME: `${directory}/state`, NO_COLOR: "1" },
      stdin: "null",
      stderr: "piped",
    });
    const output = await shell.output();
    const said = new TextDecoder().decode(output.stdout).split(`${marker}\n`);
    const errors = new TextDecoder().decode(output.stderr);
    steps.forEach(({ command, output: expected }, index) => {
      assertEquals(said[index], expected, `${command}\n${errors}`);
    });
  } finally {
    await Deno.remove(directory, { recursive: true });
    await Deno.remove("/tmp/mgmt", { recursive: true }).catch(() => {});
  }
});
