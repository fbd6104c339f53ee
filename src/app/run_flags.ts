/**
 * The flags of a run, and those of them that other commands share.
 *
 * @module
 */

import { METRICS_FLAG } from "./metrics_flag.ts";
import { TRUST_FLAGS } from "./trust_flags.ts";
import { LIMITS } from "../base/limits.ts";
import { SEMAPHORE_MOST } from "../kind/semaphore.ts";
import { PATIENCE } from "../cluster/leader/view.ts";
import { DEFAULT_CLIENT, DEFAULT_PEER } from "../cluster/store/urls.ts";
import {
  type Flag,
  takesAddresses,
  takesChoice,
  takesForm,
  takesLabels,
  takesNumber,
  takesSeconds,
  takesText,
} from "./flags.ts";

/** The greatest seed, which is also how many there are, less one. */
export const SEED_MAX = 2 ** 32 - 1;

const TIME_MAX_SECONDS = 10 * 365 * 86_400;
const DAY_SECONDS = 86_400;
/** It is counted from when the host's own word (a lease of 15 s) has run out, too. */
const DEAD_SECONDS_LEAST = 5;
const NOT_BLANK = /\S/;
/** What a host may be called. */
const HOSTNAME = /^[A-Za-z0-9]([A-Za-z0-9._-]{0,252})$/;

/** The flag that commands with coloured messages share. */
export const COLOR_FLAG = {
  name: "color",
  ...takesChoice("WHEN", ["auto", "always", "never"]),
  summary: "colours: auto, always or never; NO_COLOR counts too",
  defaultValue: "auto",
} as const satisfies Flag;

/** The flag of commands that also speak to programs. */
export const OUTPUT_FLAG = {
  name: "output",
  ...takesChoice("FORMAT", ["human", "json"]),
  summary: "lines for people (human), or one object (json)",
  defaultValue: "human",
} as const satisfies Flag;

/** Where an agent keeps its state. */
export const PREFIX_FLAG = {
  name: "prefix",
  ...takesText("DIRECTORY"),
  summary: "where the agent of this host keeps its state",
  defaultText: "/var/lib/mgmt for root, else $XDG_STATE_HOME/mgmt",
} as const satisfies Flag;

/** The name that an agent goes by. */
export const HOSTNAME_FLAG = {
  name: "hostname",
  ...takesForm("NAME", HOSTNAME, "letters, digits, dots and hyphens"),
  summary: "the name that agent was started with; its state is in hosts/NAME below the default",
} as const satisfies Flag;

/** What people say of the host. */
export const LABEL_FLAG = {
  name: "label",
  ...takesLabels(),
  several: true,
  summary: "a label of this host, for graphs that ask for it; before those in /etc/mgmt/labels.d",
  environment: "MGMT_LABEL",
} as const satisfies Flag;

/** Whose facts a graph is read with. */
export const FACTS_FLAG = {
  name: "facts",
  ...takesText("FILE"),
  summary: "read it with the facts in this file, of another host: mgmt facts --output json",
  defaultText: "those of this host",
} as const satisfies Flag;

const SEEDS = {
  name: "seeds",
  short: "s",
  ...takesAddresses(DEFAULT_CLIENT.port),
  environment: "MGMT_SEEDS",
} as const;

/** Where a cluster is asked. */
export const SEEDS_FLAG = {
  ...SEEDS,
  summary: "client addresses of any hosts that run etcd for the cluster",
  defaultText: "those in the prefix, else 127.0.0.1:2379",
} as const satisfies Flag;

/** How many hosts run etcd. */
export const CLUSTER_SIZE = takesNumber({ least: 1, most: LIMITS.clusterSize });

/** The flags of `mgmt run`. */
export const RUN_FLAGS = {
  file: {
    name: "file",
    short: "f",
    ...takesText("FILE"),
    summary: "the graph, or a directory of them; - is the standard input",
    environment: "MGMT_FILE",
  },
  noop: {
    name: "noop",
    summary: "change nothing, say what would be changed",
  },
  convergedTimeout: {
    name: "converged-timeout",
    short: "t",
    ...takesSeconds({
      least: 0,
      most: TIME_MAX_SECONDS,
      parts: true,
      also: -1,
      meaning: "0: at the first quiet moment, -1: never",
    }),
    summary: "end after so long without change; 0: at the first quiet moment, -1: never",
    defaultValue: -1,
    environment: "MGMT_CONVERGED_TIMEOUT",
  },
  convergerTimeout: {
    name: "converger-timeout",
    ...takesSeconds({
      least: 0,
      most: TIME_MAX_SECONDS,
      parts: true,
      also: -1,
      meaning: "0: at the first quiet moment, -1: never",
    }),
    summary:
      "say so after so long without change, and go on; with --converged-exit the same as --converged-timeout",
    environment: "MGMT_CONVERGER_TIMEOUT",
  },
  convergedExit: {
    name: "converged-exit",
    summary: "end when --converger-timeout says that it has converged",
  },
  maxRuntime: {
    name: "max-runtime",
    ...takesSeconds({ least: 0, most: TIME_MAX_SECONDS, parts: true, meaning: "0: no limit" }),
    summary: "end after so long in any case; 0: never",
    defaultValue: 0,
    environment: "MGMT_MAX_RUNTIME",
  },
  noWatch: {
    name: "no-watch",
    summary: "do not watch the graph file for edits",
  },
  allowUnsafeGraph: {
    name: "allow-unsafe-graph",
    summary: "run a graph that others than root and the agent's user can change",
  },
  output: {
    name: "output",
    ...takesChoice("FORMAT", ["human", "live", "json"]),
    summary:
      "lines for people on the standard error (human), a screen that follows below them (live), or an object a line on the standard output (json)",
    defaultText: "live on a terminal, unless CI is set or TERM is dumb; else human",
  },
  verbose: {
    name: "verbose",
    short: "v",
    summary: "say more: what is as it should be, too",
  },
  quiet: {
    name: "quiet",
    short: "q",
    summary: "say less: warnings, failures, and the recap where there was something to do",
  },
  color: COLOR_FLAG,
  graphviz: {
    name: "graphviz",
    short: "g",
    ...takesText("FILE"),
    summary: "write the graph there, in DOT",
  },
  graphvizFilter: {
    name: "graphviz-filter",
    short: "gf",
    ...takesText("PROGRAM"),
    summary: "draw that file with this program of Graphviz, as FILE.png",
  },
  onChange: {
    name: "on-change",
    ...takesForm("COMMAND", NOT_BLANK, "a command"),
    summary: "run this when resources were changed, with JSON on its standard input",
  },
  onFailure: {
    name: "on-failure",
    ...takesForm("COMMAND", NOT_BLANK, "a command"),
    summary: "run this when something failed, with JSON on its standard input",
  },
  hookShell: {
    name: "hook-shell",
    ...takesForm("SHELL", NOT_BLANK, "a shell"),
    summary: "have this shell read those two commands, which are split on blanks otherwise",
  },
  prefix: {
    ...PREFIX_FLAG,
    summary: "where state is kept",
  },
  secrets: {
    name: "secrets",
    ...takesText("DIRECTORY"),
    summary: "where the files are that secrets of the graph are read from",
    defaultText: "/etc/mgmt/secrets.d for root, else ~/.config/mgmt/secrets.d",
    environment: "MGMT_SECRETS",
  },
  tmpPrefix: {
    name: "tmp-prefix",
    summary: "keep state in a fresh directory that goes with the run",
  },
  journalSize: {
    name: "journal-size",
    ...takesNumber({ least: 0, most: 1_000_000, meaning: "megabytes; 0: no journal" }),
    summary: "megabytes that the journal may take; 0: none is kept",
    defaultValue: 64,
  },
  journalDays: {
    name: "journal-days",
    ...takesNumber({ least: 1, most: 36_500 }),
    summary: "days that the journal goes back at most",
    defaultValue: 365,
  },
  metrics: METRICS_FLAG,
  hostname: {
    ...HOSTNAME_FLAG,
    summary: "the name of this host; state is then kept in hosts/NAME below the default",
  },
  label: LABEL_FLAG,
  seed: {
    name: "seed",
    ...takesNumber({ least: 0, most: SEED_MAX }),
    summary: "seed of the order among resources that are ready at the same time",
    defaultText: "random",
  },
  sema: {
    name: "sema",
    ...takesNumber({ least: 1, most: SEMAPHORE_MOST }),
    summary:
      "how many resources are looked at and changed at the same time; 1: one after the other",
    defaultText: "no limit",
  },
  repairBurst: {
    name: "repair-burst",
    ...takesNumber({ least: 1, most: 1_000_000_000 }),
    summary: "repairs of one resource before it counts as contested",
    defaultValue: 2000,
  },
  repairRate: {
    name: "repair-rate",
    ...takesNumber({ least: 0.001, most: 1_000_000, parts: true }),
    summary: "how many of those come back in a second",
    defaultValue: 5,
  },
  who: {
    name: "who",
    ...takesChoice("HOW", ["off", "on", "exec"]),
    summary:
      "as root, learn who changes what is watched: not at all, from who does it, or from each program's start (exec)",
    defaultValue: "on",
  },
  seeds: {
    ...SEEDS,
    summary: "client addresses of hosts that are in the cluster, or will be",
  },
  clientUrls: {
    name: "client-urls",
    ...takesAddresses(DEFAULT_CLIENT.port, "advertise-client-urls"),
    summary: "where this host's etcd answers clients",
    defaultText: "as before, else 127.0.0.1:2379",
    environment: "MGMT_CLIENT_URLS",
  },
  serverUrls: {
    name: "server-urls",
    ...takesAddresses(DEFAULT_PEER.port, "advertise-server-urls"),
    summary: "where this host's etcd answers the other members",
    defaultText: "as before, else 127.0.0.1:2380",
    environment: "MGMT_SERVER_URLS",
  },
  peerUrls: {
    name: "peer-urls",
    ...takesAddresses(DEFAULT_PEER.port, "advertise-server-urls"),
    summary: "the same as --server-urls",
  },
  advertiseClientUrls: {
    name: "advertise-client-urls",
    ...takesAddresses(DEFAULT_CLIENT.port),
    summary:
      "where others reach this host's etcd, where that is not where it listens (NAT, containers)",
    defaultText: "--client-urls",
    environment: "MGMT_ADVERTISE_CLIENT_URLS",
  },
  advertiseServerUrls: {
    name: "advertise-server-urls",
    ...takesAddresses(DEFAULT_PEER.port),
    summary: "the same for the other members",
    defaultText: "--server-urls",
    environment: "MGMT_ADVERTISE_SERVER_URLS",
  },
  ...TRUST_FLAGS,
  noNetwork: {
    name: "no-network",
    summary:
      "have nothing to do with other hosts: no cluster, no etcd, no port; what the graph itself exports can be collected",
  },
  noServer: {
    name: "no-server",
    summary: "never run etcd on this host",
  },
  idealClusterSize: {
    name: "ideal-cluster-size",
    ...CLUSTER_SIZE,
    summary: "how many hosts should run etcd, written down by the first host of a cluster",
    defaultText: "5",
    environment: "MGMT_IDEAL_CLUSTER_SIZE",
  },
  failureDomain: {
    name: "failure-domain",
    ...takesText("NAME"),
    summary: "what this host fails together with (a rack, a room); etcd is spread over them",
  },
  deadAfter: {
    name: "dead-after",
    ...takesSeconds({ least: DEAD_SECONDS_LEAST, most: DAY_SECONDS }),
    summary: "a member that is silent for so long is replaced, when this host leads",
    defaultValue: PATIENCE.deadMs / 1000,
  },
  clusterWait: {
    name: "cluster-wait",
    ...takesSeconds({ least: 0, most: 3600 }),
    summary:
      "how long an answer of the cluster is waited for before what was collected last is used",
    defaultValue: 10,
  },
} as const satisfies Readonly<Record<string, Flag>>;

/** Environment variables that stand for flags, by the names of these. */
export const ENVIRONMENT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.values<Flag>(RUN_FLAGS).flatMap(({ name, environment }) =>
    environment === undefined ? [] : [[name, environment]]
  ),
);
