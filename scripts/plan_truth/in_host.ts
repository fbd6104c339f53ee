import { dirname } from "node:path";
import { TestHosts } from "../testing/hosts.ts";

/** Runs a script, with the arguments of this one, inside of a test host; the result is its exit code. */
export async function inHost(script: string): Promise<number> {
  const shown = [Deno.cwd(), dirname(Deno.execPath()), Deno.env.get("DENO_DIR") ?? ""];
  const hosts = new TestHosts(shown, new AbortController().signal);
  const result = await hosts.lend(false, async ({ through: [program = "", ...before] }) => {
    const args = [...before, Deno.execPath(), "run", "-A", "--no-check", script, ...Deno.args];
    const command = new Deno.Command(program, { args, stdin: "null" });
    return (await command.spawn().status).code;
  }, () => false);
  if (typeof result === "number") return result;
  console.log(result);
  return 1;
}

/** Whether this script runs in one already. */
export function isOnTestHost(): boolean {
  return Deno.env.get("MGMT_ON_TEST_HOST") === "1";
}
