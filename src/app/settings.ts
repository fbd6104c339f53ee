/**
 * Settings of a run: what a flag says counts more than the environment, and that more than the
 * default.
 *
 * @module
 */

import { resolve } from "node:path";
import { fail, ok, type Result } from "../base/result.ts";
import type { Verbosity } from "../report/human.ts";
import { type ClusterSettings, clusterSettings } from "./cluster/cluster_settings.ts";

/** Everything that a run is told. */
export interface RunSettings {
  /** The graph file as the user named it; `-` is the standard input. */
  readonly file: string;
  readonly noop: boolean;
  /** Ends after so long without change; 0: at the first quiet moment, -1: never. */
  readonly convergedTimeoutSeconds: number;
  /** Ends after so long in any case; 0: never. */
  readonly maxRuntimeSeconds: number;
  /** Whether an edit of the graph file takes effect. */
  readonly watchFile: boolean;
  /** Whether a graph runs that others can write. */
  readonly allowUnsafeGraph?: true;
  /** Where to write the graph in the DOT language, absolute. */
  readonly graphviz?: string;
  /** The Graphviz program that draws it. */
  readonly graphvizFilter?: string;
  /** Where state is kept, absolute; undefined: the default place. */
  readonly prefix?: string;
  /** Keep state in a fresh directory that goes with the run. */
  readonly tmpPrefix: boolean;
  /** The name that this host goes by. */
  readonly hostname?: string;
  readonly cluster: ClusterSettings;
  readonly output: "human" | "json";
  readonly verbosity: Verbosity;
  readonly color: boolean;
  /** Seed of the order among resources that are ready at the same time. */
  readonly seed: number;
  /** Repairs of one resource at once, and how many a second come back. */
  readonly repairBurst: number;
  readonly repairRate: number;
}

/** What a command line gave: flags by their long names, those without a value as `true`. */
export type GivenFlags = ReadonlyMap<string, string>;

/** What else the settings depend on. */
export interface Surroundings {
  readonly environment: (name: string) => string | undefined;
  /** Whether people's lines go to a terminal. */
  readonly talkIsTerminal: boolean;
  readonly randomSeed: () => number;
}

/** Environment variables that stand for flags. */
export const ENVIRONMENT: Readonly<Record<string, string>> = {
  "file": "MGMT_FILE",
  "converged-timeout": "MGMT_CONVERGED_TIMEOUT",
  "max-runtime": "MGMT_MAX_RUNTIME",
  "seeds": "MGMT_SEEDS",
  "client-urls": "MGMT_CLIENT_URLS",
  "server-urls": "MGMT_SERVER_URLS",
  "advertise-client-urls": "MGMT_ADVERTISE_CLIENT_URLS",
  "advertise-server-urls": "MGMT_ADVERTISE_SERVER_URLS",
  "ideal-cluster-size": "MGMT_IDEAL_CLUSTER_SIZE",
};

/** The greatest seed, which is also how many there are, less one. */
export const SEED_MAX = 2 ** 32 - 1;

const TIME_MAX_SECONDS = 10 * 365 * 86_400;
/** What a host may be called. */
export const HOSTNAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,252})$/;

/** Numbers that flags take: their range, and what to say of it. */
const NUMBERS = {
  "converged-timeout": {
    least: -1,
    most: TIME_MAX_SECONDS,
    whole: false,
    what: "a number of seconds (0: at the first quiet moment, -1: never)",
  },
  "max-runtime": {
    least: 0,
    most: TIME_MAX_SECONDS,
    whole: false,
    what: "a number of seconds (0: no limit)",
  },
  "seed": {
    least: 0,
    most: SEED_MAX,
    whole: true,
    what: `a whole number from 0 to ${SEED_MAX}`,
  },
  "repair-burst": {
    least: 1,
    most: 1_000_000_000,
    whole: true,
    what: "a whole number from 1",
  },
  "repair-rate": {
    least: 0.001,
    most: 1_000_000,
    whole: false,
    what: "a number from 0.001",
  },
} as const;

/** Puts the settings of a run together, or says what is wrong with one of them. */
export function runSettings(
  flags: GivenFlags,
  surroundings: Surroundings,
): Result<RunSettings> {
  const given = new GivenSettings(flags, surroundings.environment);
  const file = given.text("file");
  if (file === undefined) {
    return fail("which graph? Name its file", { hint: "for instance: mgmt run graph.yaml" });
  }
  const problem = wordProblem(given) ?? combinationProblem(given);
  if (problem !== undefined) return problem;
  const numbers = new Map<string, number | undefined>();
  for (const name of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    const number = given.number(name);
    if (!number.ok) return number;
    numbers.set(name, number.value);
  }
  const cluster = clusterSettings(given);
  if (!cluster.ok) return cluster;
  const graphviz = given.text("graphviz");
  const graphvizFilter = given.text("graphviz-filter");
  const prefix = given.text("prefix");
  const hostname = given.text("hostname");
  return ok({
    file,
    noop: given.has("noop"),
    convergedTimeoutSeconds: numbers.get("converged-timeout") ?? -1,
    maxRuntimeSeconds: numbers.get("max-runtime") ?? 0,
    watchFile: !given.has("no-watch"),
    ...(given.has("allow-unsafe-graph") ? { allowUnsafeGraph: true } : {}),
    ...(graphviz === undefined ? {} : { graphviz: resolve(graphviz) }),
    ...(graphvizFilter === undefined ? {} : { graphvizFilter }),
    ...(prefix === undefined ? {} : { prefix: resolve(prefix) }),
    tmpPrefix: given.has("tmp-prefix"),
    ...(hostname === undefined ? {} : { hostname }),
    cluster: cluster.value,
    output: given.text("output") === "json" ? "json" : "human",
    verbosity: given.has("quiet") ? "quiet" : given.has("verbose") ? "verbose" : "normal",
    color: wantsColor(given.text("color"), surroundings.environment, surroundings.talkIsTerminal),
    seed: numbers.get("seed") ?? surroundings.randomSeed(),
    repairBurst: numbers.get("repair-burst") ?? 2000,
    repairRate: numbers.get("repair-rate") ?? 5,
  });
}

/** Whether a run ends when something is done or its time is over, not only when it is told to. */
export function endsByItself(
  { convergedTimeoutSeconds, maxRuntimeSeconds }: Pick<
    RunSettings,
    "convergedTimeoutSeconds" | "maxRuntimeSeconds"
  >,
): boolean {
  return convergedTimeoutSeconds >= 0 || maxRuntimeSeconds > 0;
}

/** Where a run keeps its state, `defaultPrefix` being where runs do that are told nothing. */
export function prefixOf(
  { prefix, hostname }: Pick<RunSettings, "prefix" | "hostname">,
  defaultPrefix: string,
): string {
  if (prefix !== undefined) return prefix;
  return hostname === undefined ? defaultPrefix : resolve(defaultPrefix, "hosts", hostname);
}

/** Whether to colour what goes to a terminal or elsewhere; `choice`: auto, always or never. */
export function wantsColor(
  choice: string | undefined,
  environment: Surroundings["environment"],
  isTerminal: boolean,
): boolean {
  if (choice === "always" || choice === "never") return choice === "always";
  const refused = (environment("NO_COLOR") ?? "") !== "" || environment("TERM") === "dumb";
  return isTerminal && !refused;
}

/** Flags and environment as one. */
class GivenSettings {
  readonly #flags: GivenFlags;
  readonly #environment: Surroundings["environment"];

  constructor(flags: GivenFlags, environment: Surroundings["environment"]) {
    this.#flags = flags;
    this.#environment = environment;
  }

  has(name: string): boolean {
    return this.text(name) !== undefined;
  }

  text(name: string): string | undefined {
    return this.#flags.get(name) ?? this.#fromEnvironment(name);
  }

  /** What the user wrote, by the name that he used for it. */
  source(name: string): string {
    return this.#flags.has(name) ? `--${name}` : ENVIRONMENT[name] ?? `--${name}`;
  }

  number(name: keyof typeof NUMBERS): Result<number | undefined> {
    const text = this.text(name);
    if (text === undefined) return ok(undefined);
    const { least, most, whole, what } = NUMBERS[name];
    const value = /^-?\d{1,12}(\.\d{1,6})?$/.test(text) ? Number(text) : NaN;
    const between = name === "converged-timeout" && value < 0 && value !== -1;
    if (!(value >= least && value <= most) || (whole && !Number.isInteger(value)) || between) {
      return fail(`${this.source(name)} takes ${what}, not "${text}"`);
    }
    return ok(value);
  }

  #fromEnvironment(name: string): string | undefined {
    const variable = ENVIRONMENT[name];
    const text = variable === undefined ? undefined : this.#environment(variable);
    return text === "" ? undefined : text;
  }
}

function wordProblem(given: GivenSettings): Result<never> | undefined {
  const output = given.text("output") ?? "human";
  if (output !== "human" && output !== "json") {
    return fail(`--output takes human or json, not "${output}"`);
  }
  const color = given.text("color") ?? "auto";
  if (!["auto", "always", "never"].includes(color)) {
    return fail(`--color takes auto, always or never, not "${color}"`);
  }
  const hostname = given.text("hostname");
  if (hostname !== undefined && !HOSTNAME.test(hostname)) {
    return fail(`--hostname takes letters, digits, dots and hyphens, not "${hostname}"`);
  }
  return undefined;
}

/** Flags that exclude each other, or mean nothing without another. */
function combinationProblem(given: GivenSettings): Result<never> | undefined {
  for (const [one, other] of [["prefix", "tmp-prefix"], ["quiet", "verbose"]] as const) {
    if (given.has(one) && given.has(other)) {
      return fail(`--${one} and --${other} exclude each other`);
    }
  }
  if (given.has("graphviz-filter") && !given.has("graphviz")) {
    return fail("--graphviz-filter needs --graphviz with the name of a file");
  }
  return undefined;
}
