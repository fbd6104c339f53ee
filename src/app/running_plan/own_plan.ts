/**
 * The plan of the agent's own graph as it is written now, in force or not: made by a process of its own, which
 * only reads, for whoever may only read.
 *
 * @module
 */

import { isJsonObject, parseJson } from "../../base/json.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Engine } from "../../engine/engine.ts";
import type { Host } from "../../host/host.ts";
import { helperCommand } from "../../os/process/helper_process.ts";
import type { RunSettings } from "../settings.ts";

/** What of an agent is asked. */
export interface OwnPlanParts {
  readonly host: Pick<Host, "processes">;
  readonly settings: Pick<RunSettings, "hostname" | "labels" | "secrets">;
  readonly prefix: string;
  readonly graphPath: string;
  readonly engine: Pick<Engine, "graph">;
}

const PLAN_MS = 50_000;
const MISTAKE_LINES = 100;
/** A cluster that does not answer the agent answers nobody, and what was collected last is in the prefix. */
const CLUSTER_SECONDS = 2;
/** Less urgent than the agent's own work, and without more memory than a program of a graph gets. */
const BOUND = `ulimit -d ${LIMITS.programMemoryBytes / 1000}; exec nice -n 10 "$0" "$@"`;

/** Makes one plan at a time; who asks meanwhile gets the same. */
export class OwnPlanDesk {
  readonly #parts: OwnPlanParts;
  readonly #ending = new AbortController();
  #making: Promise<Result<object>> | undefined;

  constructor(parts: OwnPlanParts) {
    this.#parts = parts;
  }

  /** The plan as an object, as `mgmt plan --output json` has it, with `removed`, and `edit` of what is new. */
  ask(): Promise<Result<object>> {
    this.#making ??= this.#make().finally(() => this.#making = undefined);
    return this.#making;
  }

  /** Ends what is made. */
  async close(): Promise<void> {
    this.#ending.abort();
    await this.#making;
  }

  async #make(): Promise<Result<object>> {
    const { graphPath, host } = this.#parts;
    if (graphPath === "-") {
      return fail("the graph came over the standard input, and cannot be read again", {
        code: "no-file",
      });
    }
    const said = { stdout: "", stderr: [] as string[] };
    const exit = await host.processes.run({
      argv: ["/bin/sh", "-c", BOUND, ...helperCommand("plan"), graphPath, ...this.#flags()],
      env: { NO_COLOR: "1" },
      timeoutMs: PLAN_MS,
      signal: this.#ending.signal,
      lineLimit: MISTAKE_LINES,
      lineBytes: LIMITS.socketLineBytes,
      line: (line, stream) => {
        if (stream === "stdout") said.stdout += line;
        else said.stderr.push(line);
      },
    });
    if (!exit.ok) return exit;
    if (exit.value.ended !== undefined) return fail("the plan took too long", { code: "late" });
    const plan = parseJson(said.stdout);
    if (isJsonObject(plan)) return ok(this.#compared(plan));
    const { code, signal } = exit.value;
    const how = signal ?? `exit code ${code}`;
    return fail(said.stderr.join("\n") || `no plan came of it (${how})`, { code: "refused" });
  }

  #flags(): string[] {
    const { settings: { hostname, labels = new Map(), secrets }, prefix } = this.#parts;
    return [
      "--output=json",
      `--prefix=${prefix}`,
      `--cluster-wait=${CLUSTER_SECONDS}`,
      ...(hostname === undefined ? [] : [`--hostname=${hostname}`]),
      ...[...labels].map(([name, value]) => `--label=${name}=${value}`),
      ...(secrets === undefined ? [] : [`--secrets=${secrets}`]),
    ];
  }

  /** What of it is new, and what is not in it any more. */
  #compared(plan: Readonly<Record<string, unknown>>): object {
    const { vertices } = this.#parts.engine.graph;
    const planned = Array.isArray(plan["resources"]) ? plan["resources"].filter(isJsonObject) : [];
    const keys = new Set(planned.map(({ key }) => key));
    const resources = planned.map((each) =>
      vertices.has(`${each["key"]}`) ? each : { ...each, edit: "added" }
    );
    const removed = [...vertices.keys()].filter((key) => !keys.has(key));
    return { ...plan, resources, removed };
  }
}
