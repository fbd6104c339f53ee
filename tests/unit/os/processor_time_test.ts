/** How much processor time a process has used, as those know it who may read /proc, and who may not. */

import { assert, assertEquals } from "@std/assert";
import { processorMs } from "../../../src/os/process/table.ts";
import { repositoryFile } from "../../support/program.ts";

async function knownToChild(...args: readonly string[]): Promise<string> {
  const script = repositoryFile("tests/support/looking_child.ts");
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", "--quiet", script, ...args],
    env: { NO_COLOR: "1" },
  }).output();
  return new TextDecoder().decode(stdout).trim() || new TextDecoder().decode(stderr);
}

Deno.test("processor time is known also to a command that only looks and starts who evaluates for it", async () => {
  const before = processorMs(Deno.pid);
  assert(before !== undefined && before > 0);
  const known = Number(await knownToChild(`${Deno.pid}`));
  assert(known >= before, `${known}`);
  assertEquals(processorMs(2 ** 30), undefined);
});
