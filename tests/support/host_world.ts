/**
 * What tests share that run inside a disposable host and may change all of it.
 *
 * @module
 */

import { assert, fail } from "@std/assert";
import { inDirectory, Program, shell, within } from "./program.ts";
import { isSoon } from "./polling.ts";

/** Whether this is a disposable host. */
export const ON_HOST = Deno.env.get("MGMT_ON_TEST_HOST") === "1";

assert(
  ON_HOST,
  "these tests change the whole host: run them with scripts/test, which gives them one of their own",
);

/** A running agent and the file of its graph. */
export interface Run {
  readonly program: Program;
  readonly directory: string;
  /** Gives the agent another graph. */
  graph(text: string): Promise<void>;
}

/** Runs an agent on a graph while `test` goes on; it is interrupted afterwards. */
export async function agent(
  text: string,
  test: (run: Run) => Promise<void>,
  args: readonly string[] = [],
): Promise<void> {
  await inDirectory(async (directory) => {
    const file = `${directory}/graph.yaml`;
    await Deno.writeTextFile(file, text);
    const prefix = ["--prefix", `${directory}/prefix`];
    const program = new Program(["run", "--file", file, ...prefix, ...args]);
    const graph = async (other: string) => {
      await Deno.writeTextFile(`${file}.new`, other);
      await Deno.rename(`${file}.new`, file);
    };
    try {
      await test({ program, directory, graph });
    } finally {
      await program.interrupt();
    }
  });
}

const UNITS = "/etc/systemd/system";

/** Writes a unit file, without telling systemd. */
export async function writeUnit(name: string, service: string): Promise<void> {
  const install = "[Install]\nWantedBy=multi-user.target\n";
  await Deno.writeTextFile(`${UNITS}/${name}`, `[Service]\n${service}\n${install}`);
}

/** Stops units, and removes their files and links. */
export async function removeUnits(...names: string[]): Promise<void> {
  // All of it is read again once, at the end.
  for (const name of names) {
    await shell(
      `systemctl unmask --no-reload ${name}; systemctl disable --no-reload ${name}; ` +
        `systemctl stop ${name}; rm -rf ${UNITS}/${name} ${UNITS}/${name}.d; ` +
        `systemctl reset-failed ${name}`,
    );
  }
  await shell("systemctl daemon-reload");
}

/** A property of a unit, as systemd sees it now. */
export async function property(unit: string, name: string): Promise<string> {
  return (await shell(`systemctl show --value -p ${name} ${unit}`)).trim();
}

/** Waits until a property of a unit has a value. */
export async function becomes(
  unit: string,
  name: string,
  value: string,
  program?: Program,
): Promise<void> {
  let last = "";
  if (await isSoon(async () => (last = await property(unit, name)) === value, 60_000)) return;
  fail(`${unit}: ${name} is ${last}, not ${value}\n${program?.stderr ?? ""}`);
}

/** Waits until the program has said something so many times. */
export async function saysTimes(program: Program, what: string, times: number): Promise<void> {
  const count = () => (program.stderr + program.stdout).split(what).length - 1;
  await within(
    60_000,
    () => count() >= times,
    () => `not ${times} times ${what}:\n${program.stderr}`,
  );
}
