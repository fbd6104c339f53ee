import { contentOf, EXECUTABLE, inDirectory, within } from "../support/program.ts";

interface HungUp {
  isGone(): boolean;
  /** Takes away the file that the agent keeps, and waits until it is back. */
  heals(): Promise<void>;
  hangUp(): void;
}

/** An agent whose terminal has gone. */
async function afterHangUp(
  before: readonly string[],
  test: (agent: HungUp) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const file = `${directory}/there`;
    const graph = `graph: t\nresources:\n  file:\n  - {name: ${file}, content: x}\n`;
    await Deno.writeTextFile(`${directory}/g.yaml`, graph);
    const run = [...before, EXECUTABLE, "run", `${directory}/g.yaml`, "--tmp-prefix"].join(" ");
    const terminal = new Deno.Command("script", {
      args: ["-qfc", `sh -c 'echo $$ > ${directory}/pid; exec ${run}'`, "/dev/null"],
      cwd: directory,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const comes = () => within(60_000, () => contentOf(file) === "x", "the agent does nothing");
    await comes();
    const pid = Number(contentOf(`${directory}/pid`));
    const isGone = () => (contentOf(`/proc/${pid}/stat`) ?? ") Z ").includes(") Z ");
    terminal.kill("SIGKILL");
    await terminal.status;
    const heals = async () => {
      await Deno.remove(file);
      await comes();
    };
    try {
      await test({ isGone, heals, hangUp: () => Deno.kill(pid, "SIGHUP") });
    } finally {
      if (!isGone()) Deno.kill(pid, "SIGTERM");
      await within(60_000, isGone, "it does not end");
    }
  });
}

Deno.test("the end of its terminal ends the agent", async () => {
  await afterHangUp([], ({ isGone }) => within(60_000, isGone, "it goes on"));
});

Deno.test("nohup: a SIGHUP that was ignored from the start has no effect", async () => {
  await afterHangUp(["nohup"], async ({ heals, hangUp }) => {
    for (let time = 0; time < 3; time++) {
      hangUp();
      await heals();
    }
  });
});
