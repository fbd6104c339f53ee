/**
 * What tests of the agent as a service of a disposable host share.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { property, removeUnits } from "./host_world.ts";
import { EXECUTABLE, shell } from "./program.ts";

export const UNIT = "mgmt.service";
export const UNIT_PATH = `/etc/systemd/system/${UNIT}`;
export const MGMT = "/usr/local/bin/mgmt";
export const GRAPH = "/etc/mgmt/graph.yaml";
export const WORK = "/tmp/mgmt-service";

/** Runs a command line as a user would; the output of both streams, and its exit code. */
export async function sh(command: string): Promise<{ said: string; code: number }> {
  const said = await shell(`{ ${command}; } 2>&1; printf '\\n%s' $?`);
  const end = said.lastIndexOf("\n");
  return { said: said.slice(0, end), code: Number(said.slice(end + 1)) };
}

function resources(text: string): string {
  return `graph: served\nresources:\n${text}`;
}

/** An entry for a command that a shell reads. */
export function exec(name: string, cmd: string): string {
  return `  - name: ${name}\n    shell: /bin/sh\n    cmd: ${JSON.stringify(cmd)}\n`;
}

/** Replaces the resources of the graph, as an editor does. */
export async function writeGraph(text: string): Promise<void> {
  await Deno.writeTextFile(`${GRAPH}.new`, resources(text));
  await Deno.rename(`${GRAPH}.new`, GRAPH);
}

/** Tests with a graph, the executable in its place and no service; none is left at the end. */
export function serviceTest(name: string, graph: string, test: () => Promise<void>): void {
  Deno.test(name, async () => {
    await shell(`mkdir -p ${WORK} /etc/mgmt && install -m 755 ${EXECUTABLE} ${MGMT}`);
    await writeGraph(graph);
    try {
      await test();
    } finally {
      await removeUnits(UNIT);
      await shell(`rm -rf ${WORK} /etc/mgmt /var/lib/mgmt`);
    }
  });
}

/** Installs the service and expects that it runs then. */
export async function install(flags = ""): Promise<string> {
  const { said, code } = await sh(`mgmt service install ${GRAPH} ${flags}`);
  assertEquals([code, await property(UNIT, "ActiveState")], [0, "active"], said);
  return said;
}

/** Adds a setting beside the unit. */
export async function addSetting(setting: string): Promise<void> {
  await shell(`mkdir -p ${UNIT_PATH}.d`);
  await Deno.writeTextFile(`${UNIT_PATH}.d/test.conf`, `[Service]\n${setting}\n`);
}

/** What the service that runs now has said. */
export async function journal(matches: string): Promise<Record<string, string>[]> {
  const run = `_SYSTEMD_INVOCATION_ID=${await property(UNIT, "InvocationID")}`;
  const lines = await shell(`journalctl -u mgmt -o json --no-pager ${run} ${matches}`);
  return lines.trim().split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
}
