/**
 * A disposable host for a row of the benchmark.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { ROOT } from "./programs.ts";

const TEST_HOST = join(ROOT, "tests/testhost/testhost");

/** Boots a host, runs a script of `inside/` in it, and returns what it printed, read as JSON. */
export function onTestHost<T>(script: string, args: readonly string[]): T {
  const name = `bench-${Deno.pid}`;
  const shown = [ROOT, dirname(Deno.execPath()), Deno.env.get("DENO_DIR") ?? ""].join(":");
  const testhost = (args: readonly string[], stdout: "piped" | "null" = "null") =>
    new Deno.Command(TEST_HOST, {
      args: [...args],
      env: { TESTHOST_SHOW: shown },
      stdin: "null",
      stdout,
      stderr: "inherit",
    }).outputSync();
  try {
    if (!testhost(["up", name]).success) throw new Error("no test host can be had here");
    const path = join(ROOT, "scripts/bench/inside", script);
    const command = [Deno.execPath(), "run", "-A", "--frozen", path, ...args];
    const output = testhost(
      ["run", name, "env", "-C", ROOT, "MGMT_ON_TEST_HOST=1", ...command],
      "piped",
    );
    if (!output.success) throw new Error(`${script} failed in the test host`);
    return JSON.parse(new TextDecoder().decode(output.stdout)) as T;
  } finally {
    testhost(["down", name]);
  }
}
