/**
 * Disposable hosts for tests that change a whole host.
 *
 * @module
 */

const PROGRAM = "tests/testhost/testhost";

/**
 * Boots a host that sees these directories; gives what `run` does with it, or why there is none. `stop` ends it at
 * once, with all that runs inside.
 */
export async function onHost<T>(
  name: string,
  show: readonly string[],
  run: (through: readonly string[], root: string) => Promise<T>,
  stop: AbortSignal,
): Promise<T | string> {
  const end = () => void testhost(["down", name], show);
  try {
    const refused = await testhost(["up", name], show);
    if (refused !== undefined) return refused;
    stop.addEventListener("abort", end);
    if (stop.aborted) return "stopped";
    const through = [PROGRAM, "run", name, "env", "-C", Deno.cwd(), "MGMT_ON_TEST_HOST=1"];
    return await run(through, `/run/testhost/${name}/root`);
  } finally {
    stop.removeEventListener("abort", end);
    await testhost(["down", name], show);
  }
}

/** Gives what went wrong. */
async function testhost(
  args: readonly string[],
  show: readonly string[],
): Promise<string | undefined> {
  const { success, stderr } = await new Deno.Command(PROGRAM, {
    args: [...args],
    env: { TESTHOST_SHOW: show.join(":") },
    stdin: "null",
  }).output();
  if (success) return undefined;
  return `testhost ${args.join(" ")}: ${new TextDecoder().decode(stderr).trim()}`;
}
