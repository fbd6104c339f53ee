/**
 * Execs in a directory of their own, on the real machine and without an engine.
 *
 * @module
 */

import { assert } from "@std/assert";
import { type Failure, reasonOf } from "../../src/base/result.ts";
import { createLocalHost, type LocalHost } from "../../src/host/local.ts";
import type {
  Drift,
  FieldIssue,
  KindContext,
  PassReason,
  WatchContext,
} from "../../src/kind/kind.ts";
import exec from "../../src/resources/exec/kind.ts";
import type { ExecFields } from "../../src/resources/exec/fields.ts";
import type { ExecParams } from "../../src/resources/exec/params.ts";
import { inDirectory } from "./program.ts";

type Memory = ReturnType<typeof exec.memory>;

const QUIET: PassReason = { event: false, poll: false, refresh: false };

/** One exec, as an engine would hold it. */
export class TestExec {
  readonly params: ExecParams;
  readonly memory: Memory = exec.memory();
  readonly lines: string[] = [];
  readonly notes: string[] = [];
  readonly warnings: string[] = [];
  readonly stop = new AbortController();
  /** False: it is a plan that runs no command. */
  probes = true;
  /** How often the watch said "look again". */
  events = 0;

  constructor(readonly host: LocalHost, fields: ExecFields) {
    const { params, issues } = resolve(fields);
    assert(issues.length === 0, JSON.stringify(issues));
    this.params = params;
  }

  async check(cause: Partial<PassReason> = {}): Promise<Drift | Failure | undefined> {
    return await exec.check(this.params, this.#context(cause));
  }

  async apply(): Promise<Failure | undefined> {
    return await exec.apply(undefined, this.params, this.#context({}));
  }

  async refresh(): Promise<Failure | undefined> {
    return await exec.refresh?.(this.params, this.#context({ refresh: true }));
  }

  /** Check, and apply if there is drift. */
  async pass(cause: Partial<PassReason> = {}): Promise<"fine" | "ran" | Failure> {
    const found = await this.check(cause);
    if (found === undefined) return "fine";
    if (found.type === "failure") return found;
    return await this.apply() ?? "ran";
  }

  watch(): { close(): void } {
    const context: WatchContext<Memory> = {
      host: this.host,
      signal: this.stop.signal,
      memory: this.memory,
      changed: () => this.events++,
      line: (text) => this.lines.push(text),
      warn: (text) => this.warnings.push(text),
    };
    const watch = exec.watch?.(this.params, context);
    assert(watch !== undefined, "there is nothing to watch");
    return watch;
  }

  #context(cause: Partial<PassReason>): KindContext<Memory> {
    return {
      host: this.host,
      signal: this.stop.signal,
      cause: { ...QUIET, ...cause },
      memory: this.memory,
      noop: false,
      probes: this.probes,
      autogroup: true,
      line: (text) => this.lines.push(text),
      warn: (text) => this.warnings.push(text),
      note: (text) => this.notes.push(text),
      progress: () => {},
      ending: new AbortController().signal,
      claimed: () => false,
      comes: () => false,
      claims: () => [],
      expected: () => undefined,
      leftOut: () => false,
      holdBack: (text) => void text,
    };
  }
}

/** What the kind makes of fields, and its complaints. */
export function resolve(fields: ExecFields): { params: ExecParams; issues: FieldIssue[] } {
  const issues: FieldIssue[] = [];
  const context = { name: "it", directory: "/", issue: (issue: FieldIssue) => issues.push(issue) };
  return { params: exec.resolve(fields, context), issues };
}

/** Runs a test in a fresh directory; a script of the exec is run by /bin/sh there. */
export async function inExecWorld(
  test: (
    make: (fields: ExecFields) => TestExec,
    directory: string,
    host: LocalHost,
  ) => Promise<void>,
): Promise<void> {
  await inDirectory(async (directory) => {
    const host = createLocalHost({ prefix: undefined, warn: () => {} });
    const make = (fields: ExecFields) =>
      new TestExec(host, { shell: "/bin/sh", cwd: directory, ...fields });
    try {
      await test(make, directory, host);
    } finally {
      await host.close();
    }
  });
}

/** The text of a file, or why there is none. */
export function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch (thrown) {
    return reasonOf(thrown);
  }
}
