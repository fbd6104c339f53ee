/**
 * Settings of a run: what a flag says counts more than the environment, and that more than the
 * default.
 *
 * @module
 */

import { resolve } from "node:path";
import type { Address } from "../base/address.ts";
import { fail, ok, type Result } from "../base/result.ts";
import type { Verbosity } from "../report/human.ts";
import { type ClusterSettings, clusterSettings } from "./cluster/cluster_settings.ts";
import { type Flag, type FlagValues, type GivenFlags, readFlags } from "./flags.ts";
import type { FixedFacts } from "../facts/fixed_facts.ts";
import type { Labels } from "../facts/labels.ts";
import type { HookCommand } from "./hooks/hook.ts";
import { hookCommands } from "./hooks/hook_commands.ts";
import { metricsSettings } from "./metrics_flag.ts";
import { RUN_FLAGS } from "./run_flags.ts";

const MEGABYTE = 1024 * 1024;
const DAY_MS = 86_400_000;

/** Everything that a run is told. */
export interface RunSettings {
  /** The graph file as the user named it; `-` is the standard input. */
  readonly file: string;
  readonly noop: boolean;
  /** Only a plan is made; with `noop`. `probes`: commands of the graph that only look are run. */
  readonly plan?: { readonly probes: boolean };
  /** Ends after so long without change; 0: at the first quiet moment, -1: never. */
  readonly convergedTimeoutSeconds: number;
  /** Says that it has converged after so long without change; -1: never. */
  readonly convergedAfterSeconds: number;
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
  /** Commands that are told what happens. */
  readonly hooks: readonly HookCommand[];
  /** Where state is kept, absolute; undefined: the default place. */
  readonly prefix?: string;
  /** The directory of secrets, absolute; undefined: the default one. */
  readonly secrets?: string;
  /** Keep state in a fresh directory that goes with the run. */
  readonly tmpPrefix: boolean;
  /** The name that this host goes by. */
  readonly hostname?: string;
  /** What was said of it by flags. */
  readonly labels?: Labels;
  /** Given: the graph is read with these, of whichever host. */
  readonly facts?: FixedFacts;
  /** How much the journal holds; 0 bytes: there is none. */
  readonly journal: { readonly limitBytes: number; readonly limitAgeMs: number };
  readonly cluster: ClusterSettings;
  /** Where monitoring asks, besides the socket. */
  readonly metrics?: Address;
  readonly output: "human" | "live" | "json";
  readonly verbosity: Verbosity;
  readonly color: boolean;
  /** Seed of the order among resources that are ready at the same time. */
  readonly seed: number;
  /** How many resources are looked at and changed at the same time; undefined: any number. */
  readonly passesAtOnce?: number;
  /** Repairs of one resource at once, and how many a second come back. */
  readonly repairBurst: number;
  readonly repairRate: number;
  /** Whether it is learned who changes something, and from when on of a program. */
  readonly who: "off" | "on" | "exec";
}

/** What else the settings depend on. */
export interface Surroundings {
  readonly environment: (name: string) => string | undefined;
  /** Whether people's lines go to a terminal. */
  readonly talkIsTerminal: boolean;
  readonly randomSeed: () => number;
}

function directoriesOf(given: FlagValues): Pick<RunSettings, "prefix" | "secrets"> {
  const prefix = given.of(RUN_FLAGS.prefix);
  const secrets = given.of(RUN_FLAGS.secrets);
  return {
    ...(prefix === undefined ? {} : { prefix: resolve(prefix) }),
    ...(secrets === undefined ? {} : { secrets: resolve(secrets) }),
  };
}

/** Puts the settings of a run together, or says what is wrong with one of them. */
export function runSettings(
  flags: GivenFlags,
  surroundings: Surroundings,
): Result<RunSettings> {
  const read = readFlags(Object.values(RUN_FLAGS), {
    flags,
    environment: surroundings.environment,
  });
  if (!read.ok) return read;
  const given = read.value;
  const file = given.of(RUN_FLAGS.file);
  if (file === undefined) {
    return fail("which graph? Name its file", { hint: "for instance: mgmt run graph.yaml" });
  }
  const problem = combinationProblem(given);
  if (problem !== undefined) return problem;
  const cluster = clusterSettings(given, { flags, environment: surroundings.environment });
  if (!cluster.ok) return cluster;
  const converging = convergingOf(given, flags);
  if (!converging.ok) return converging;
  const hooks = hookCommands(given);
  if (!hooks.ok) return hooks;
  const metrics = metricsSettings(given, converging.value.convergedTimeoutSeconds);
  if (!metrics.ok) return metrics;
  const graphviz = given.of(RUN_FLAGS.graphviz);
  const graphvizFilter = given.of(RUN_FLAGS.graphvizFilter);
  const passesAtOnce = given.of(RUN_FLAGS.sema);
  const hostname = given.of(RUN_FLAGS.hostname);
  const labels = given.of(RUN_FLAGS.label);
  return ok({
    file,
    noop: given.has(RUN_FLAGS.noop),
    ...converging.value,
    maxRuntimeSeconds: given.of(RUN_FLAGS.maxRuntime),
    watchFile: !given.has(RUN_FLAGS.noWatch),
    ...(given.has(RUN_FLAGS.allowUnsafeGraph) ? { allowUnsafeGraph: true } : {}),
    ...(graphviz === undefined ? {} : { graphviz: resolve(graphviz) }),
    ...(graphvizFilter === undefined ? {} : { graphvizFilter }),
    ...directoriesOf(given),
    hooks: hooks.value,
    tmpPrefix: given.has(RUN_FLAGS.tmpPrefix),
    ...(hostname === undefined ? {} : { hostname }),
    ...(labels === undefined ? {} : { labels }),
    journal: journalSettings(given),
    cluster: cluster.value,
    ...metrics.value,
    output: outputOf(given.of(RUN_FLAGS.output), surroundings),
    verbosity: verbosityOf(given),
    color: wantsColor(
      given.of(RUN_FLAGS.color),
      surroundings.environment,
      surroundings.talkIsTerminal,
    ),
    seed: given.of(RUN_FLAGS.seed) ?? surroundings.randomSeed(),
    ...(passesAtOnce === undefined ? {} : { passesAtOnce }),
    repairBurst: given.of(RUN_FLAGS.repairBurst),
    repairRate: given.of(RUN_FLAGS.repairRate),
    who: given.of(RUN_FLAGS.who),
  });
}

/** What nobody watches, or cannot be written all over, gets lines. */
function outputOf(
  told: RunSettings["output"] | undefined,
  { environment, talkIsTerminal }: Surroundings,
): RunSettings["output"] {
  const isScreen = talkIsTerminal && !["", "dumb"].includes(environment("TERM") ?? "");
  if (told === "live") return isScreen ? "live" : "human";
  if (told !== undefined) return told;
  const isCi = !["", "0", "false"].includes(environment("CI") ?? "");
  return isScreen && !isCi ? "live" : "human";
}

function verbosityOf(given: FlagValues): Verbosity {
  if (given.has(RUN_FLAGS.quiet)) return "quiet";
  return given.has(RUN_FLAGS.verbose) ? "verbose" : "normal";
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

function journalSettings(given: FlagValues): RunSettings["journal"] {
  return {
    limitBytes: given.of(RUN_FLAGS.journalSize) * MEGABYTE,
    limitAgeMs: given.of(RUN_FLAGS.journalDays) * DAY_MS,
  };
}

/** Whether a run keeps a journal: who changes nothing, or leaves nothing, has nothing to tell later. */
export function keepsJournal(
  { noop, tmpPrefix, journal }: Pick<RunSettings, "noop" | "tmpPrefix" | "journal">,
): boolean {
  return !noop && !tmpPrefix && journal.limitBytes > 0;
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

/** When a run has converged, and when it ends because of that: both at once, or each by its own flag. */
function convergingOf(
  given: FlagValues,
  flags: GivenFlags,
): Result<Pick<RunSettings, "convergedTimeoutSeconds" | "convergedAfterSeconds">> {
  const { convergedTimeout, convergerTimeout, convergedExit } = RUN_FLAGS;
  const isSaid = (flag: Flag) => flags.has(flag.name);
  const both = given.has(convergedTimeout) && given.has(convergerTimeout);
  if (both && isSaid(convergedTimeout) === isSaid(convergerTimeout)) {
    return fail(`--${convergedTimeout.name} and --${convergerTimeout.name} exclude each other`, {
      hint: `the run ends by the first; by the second it does with --${convergedExit.name}`,
    });
  }
  const other = both && isSaid(convergedTimeout) ? undefined : given.of(convergerTimeout);
  if (other === undefined) {
    const seconds = given.of(convergedTimeout);
    if (!given.has(convergedExit) || given.has(convergedTimeout)) {
      return ok({ convergedTimeoutSeconds: seconds, convergedAfterSeconds: seconds });
    }
    return fail(
      `--${convergedExit.name} needs --${convergerTimeout.name}, which says after how long`,
    );
  }
  return ok({
    convergedTimeoutSeconds: given.has(convergedExit) ? other : -1,
    convergedAfterSeconds: other,
  });
}

/** Flags that exclude each other, or mean nothing without another. */
function combinationProblem(given: FlagValues): Result<never> | undefined {
  const { prefix, tmpPrefix, quiet, verbose, graphviz, graphvizFilter } = RUN_FLAGS;
  for (const [one, other] of [[prefix, tmpPrefix], [quiet, verbose]] as const) {
    if (given.has(one) && given.has(other)) {
      return fail(`--${one.name} and --${other.name} exclude each other`);
    }
  }
  if (given.has(graphvizFilter) && !given.has(graphviz)) {
    return fail("--graphviz-filter needs --graphviz with the name of a file");
  }
  return undefined;
}
