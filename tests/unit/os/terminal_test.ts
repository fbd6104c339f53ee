import { assertEquals } from "@std/assert";

const TERMINAL = new URL("../../../src/os/terminal.ts", import.meta.url).href;

/** Runs a script that imports the terminal, with its output going through a shell's pipe. */
async function throughPipe(script: string, reader: string): Promise<{ out: string; err: string }> {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    file,
    `import { exitNow, writeData, writeTalk } from "${TERMINAL}";\n${script}\nexitNow(0);\n`,
  );
  const command = `"${Deno.execPath()}" run -A --no-check "${file}" | ${reader}`;
  const output = await new Deno.Command("/bin/sh", { args: ["-c", command] }).output();
  await Deno.remove(file);
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { out: text(output.stdout).trim(), err: text(output.stderr).trim() };
}

Deno.test("a long text arrives whole, and a reader that pauses does not stop the program", async () => {
  const directory = await Deno.makeTempDir();
  const went = `${directory}/went`;
  const { out, err } = await throughPipe(
    `
    let ticks = 0;
    const ticking = setInterval(() => {
      if (++ticks === 20) Deno.writeTextFileSync("${went}", "on");
    }, 10);
    await writeData("x".repeat(1_000_000));
    clearInterval(ticking);
    await writeTalk(ticks >= 20 ? "went on\\n" : "stood still: " + ticks);
  `,
    // A program that stood still would be read on in the end.
    `(left=300; until [ -e "${went}" ] || [ $left = 0 ]; do sleep 0.1; left=$((left - 1)); done; wc -c)`,
  );
  await Deno.remove(directory, { recursive: true });
  assertEquals([out, err], ["1000000", "went on"]);
});

Deno.test("a reader that has gone is an error for the writer and nothing worse", async () => {
  const { out, err } = await throughPipe(
    `
    let error = "";
    for (let line = 0; line < 1000 && error === ""; line++) {
      await writeData("line\\n".repeat(1000)).catch((thrown) => error = thrown.name);
    }
    await writeTalk(error);
  `,
    "head -n 1",
  );
  assertEquals([out, err], ["line", "BrokenPipe"]);
});

/** Starts a command on a pipe that does not wait, and counts what comes out after a pause. */
const ON_FULL_PIPE = `
import fcntl, os, subprocess, sys, time
reading, writing = os.pipe()
fcntl.fcntl(writing, fcntl.F_SETFL, os.O_WRONLY | os.O_NONBLOCK)
child = subprocess.Popen(sys.argv[1:], stdout=writing)
os.close(writing)
time.sleep(1)
count = 0
while part := os.read(reading, 65536):
    count += len(part)
print(count, child.wait())
`;

Deno.test("a pipe that was set to not wait loses nothing when it is full", async () => {
  const file = await Deno.makeTempFile({ suffix: ".ts" });
  await Deno.writeTextFile(
    file,
    `import { writeData } from "${TERMINAL}";\nawait writeData("x".repeat(500_000));\n`,
  );
  const args = ["-c", ON_FULL_PIPE, Deno.execPath(), "run", "-A", "--no-check", file];
  const { stdout } = await new Deno.Command("python3", { args, stderr: "inherit" }).output();
  await Deno.remove(file);
  assertEquals(new TextDecoder().decode(stdout).trim(), "500000 0");
});
