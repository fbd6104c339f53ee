/**
 * What a run of the executable says with `--output json`, and a graph to run in a directory of its own.
 *
 * @module
 */

import type { ClusterEvent } from "../../src/report/cluster_event.ts";
import { type Ended, inDirectory, Program, type ProgramOptions, within } from "./program.ts";

/** A line of it. */
// deno-lint-ignore no-explicit-any
export type JsonEvent = any;

/** All lines that are whole, in their order. */
export function eventsOf({ stdout }: Pick<Ended, "stdout">): JsonEvent[] {
  const lines = stdout.slice(0, stdout.lastIndexOf("\n") + 1).split("\n");
  return lines.filter((line) => line !== "").map((line) => JSON.parse(line));
}

/** The reasons of what failed, by its key: the codes of the last failures. */
export function failureCodes(run: Pick<Ended, "stdout">): Record<string, string | undefined> {
  const failed = eventsOf(run).filter(({ type }) => type === "failed");
  return Object.fromEntries(failed.map(({ key, failure }) => [key, failure.code]));
}

/** Waits until the program has told an event that fits. */
export async function tells(
  program: Program,
  fits: (event: JsonEvent) => boolean,
  limitMs = 60_000,
): Promise<JsonEvent> {
  let found: JsonEvent;
  await within(
    limitMs,
    () => (found = eventsOf(program).find(fits)) !== undefined,
    () => `it was not told:\n${program.stdout}\n${program.stderr}`,
  );
  return found;
}

/** How often a resource has failed so far. */
export function failuresOf(run: Pick<Ended, "stdout">, key: string): JsonEvent[] {
  return eventsOf(run).filter((event) => event.type === "failed" && event.key === key);
}

/** Waits until that resource has failed, for that reason where one is given; the result is the failure. */
export async function fails(program: Program, key: string, code?: string): Promise<JsonEvent> {
  const event = await tells(
    program,
    ({ type, key: failed, failure }) =>
      type === "failed" && failed === key && (code === undefined || failure.code === code),
  );
  return event.failure;
}

/** Waits until the program has told of something in the cluster, the first that fits. */
export async function happens(
  program: Program,
  what: ClusterEvent["what"],
  fits: (event: JsonEvent) => boolean = () => true,
  limitMs = 60_000,
): Promise<JsonEvent> {
  let found: JsonEvent;
  const isTold = () => (found = happened(program, what).find(fits)) !== undefined;
  const said = () => `${what} was not told:\n${program.stdout}\n${program.stderr}`;
  await within(limitMs, isTold, said);
  return found;
}

/** All that it has told of that so far. */
export function happened(
  { stdout }: Pick<Ended, "stdout">,
  what: ClusterEvent["what"],
): JsonEvent[] {
  const lines = stdout.slice(0, stdout.lastIndexOf("\n") + 1).split("\n");
  return lines.filter((line) => line.includes(`"what":"${what}"`)).map((line) => JSON.parse(line))
    .filter((event) => event.what === what);
}

/** A graph in a directory of its own; DIR in its text is that directory. */
export interface JsonRun {
  readonly directory: string;
  /** Starts an agent on it. */
  start(flags?: readonly string[], options?: ProgramOptions): Program;
  /** Runs it to the first quiet moment. */
  once(flags?: readonly string[], options?: ProgramOptions): Promise<Ended>;
}

/** Runs agents of one graph, which are gone at the end. */
export async function withJsonRun(
  text: string,
  test: (run: JsonRun) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const file = `${directory}/graph.yaml`;
    Deno.writeTextFileSync(file, text.replaceAll("DIR", directory));
    const programs: Program[] = [];
    const start = (flags: readonly string[] = [], options: ProgramOptions = {}) => {
      const place = ["--prefix", `${directory}/prefix`, "--output", "json"];
      const program = new Program(["run", file, ...place, ...flags], options);
      programs.push(program);
      return program;
    };
    const once = (flags: readonly string[] = [], options: ProgramOptions = {}) =>
      start(["--converged-timeout", "0", ...flags], options).ended();
    try {
      await test({ directory, start, once });
    } finally {
      await Promise.all(programs.map((program) => program.interrupt()));
    }
  });
}
