import { ENVIRONMENT, runSettings } from "../../app/settings.ts";
import type { Command, Flag } from "../command.ts";
import { COLOR_FLAG } from "../command.ts";
import { refuse } from "../refuse.ts";

const FLAGS: readonly Flag[] = [
  { name: "file", value: "FILE", summary: "the graph; - is the standard input" },
  { name: "noop", summary: "change nothing, say what would be changed" },
  {
    name: "converged-timeout",
    short: "t",
    value: "SECONDS",
    summary: "end after so long without change; 0: at the first quiet moment, -1: never",
    defaultText: "-1",
  },
  {
    name: "max-runtime",
    value: "SECONDS",
    summary: "end after so long in any case; 0: never",
    defaultText: "0",
  },
  { name: "no-watch", summary: "do not watch the graph file for edits" },
  {
    name: "allow-unsafe-graph",
    summary: "run a graph that others than root and the agent's user can change",
  },
  {
    name: "output",
    value: "FORMAT",
    summary:
      "lines for people on the standard error (human), or an object a line on the standard output (json)",
    defaultText: "human",
  },
  { name: "verbose", short: "v", summary: "say more: what is as it should be, too" },
  {
    name: "quiet",
    short: "q",
    summary: "say less: warnings, failures, and the recap where there was something to do",
  },
  COLOR_FLAG,
  { name: "graphviz", short: "g", value: "FILE", summary: "write the graph there, in DOT" },
  {
    name: "graphviz-filter",
    value: "PROGRAM",
    summary: "draw that file with this program of Graphviz, as FILE.png",
  },
  {
    name: "prefix",
    value: "DIRECTORY",
    summary: "where state is kept",
    defaultText: "/var/lib/mgmt for root, else $XDG_STATE_HOME/mgmt",
  },
  { name: "tmp-prefix", summary: "keep state in a fresh directory that goes with the run" },
  {
    name: "hostname",
    value: "NAME",
    summary: "the name of this host; state is then kept in hosts/NAME below the default",
  },
  {
    name: "seed",
    value: "NUMBER",
    summary: "seed of the order among resources that are ready at the same time",
    defaultText: "random",
  },
  {
    name: "repair-burst",
    value: "NUMBER",
    summary: "repairs of one resource before it counts as contested",
    defaultText: "2000",
  },
  {
    name: "repair-rate",
    value: "NUMBER",
    summary: "how many of those come back in a second",
    defaultText: "5",
  },
  {
    name: "seeds",
    short: "s",
    value: "URLS",
    summary: "client addresses of hosts that are in the cluster, or will be",
  },
  {
    name: "client-urls",
    value: "URLS",
    summary: "where this host's etcd answers clients",
    defaultText: "127.0.0.1:2379",
  },
  {
    name: "server-urls",
    value: "URLS",
    summary: "where this host's etcd answers the other members",
    defaultText: "127.0.0.1:2380",
  },
  { name: "peer-urls", value: "URLS", summary: "the same as --server-urls" },
  {
    name: "advertise-client-urls",
    value: "URLS",
    summary:
      "where others reach this host's etcd, where that is not where it listens (NAT, containers)",
    defaultText: "--client-urls",
  },
  {
    name: "advertise-server-urls",
    value: "URLS",
    summary: "the same for the other members",
    defaultText: "--server-urls",
  },
  { name: "no-server", summary: "never run etcd on this host" },
  {
    name: "ideal-cluster-size",
    value: "NUMBER",
    summary: "how many hosts should run etcd, written down by the first host of a cluster",
    defaultText: "5",
  },
  {
    name: "failure-domain",
    value: "NAME",
    summary: "what this host fails together with (a rack, a room); etcd is spread over them",
  },
  {
    name: "dead-after",
    value: "SECONDS",
    summary: "a member that is silent for so long is replaced, when this host leads",
    defaultText: "120",
  },
  {
    name: "cluster-wait",
    value: "SECONDS",
    summary:
      "how long an answer of the cluster is waited for before what was collected last is used",
    defaultText: "10",
  },
];

/** Makes a graph true, and keeps it true. */
export const run: Command = {
  name: "run",
  summary: "make a graph true, and keep it true",
  usage: ["[FLAGS] FILE", "[FLAGS] --file FILE"],
  details:
    `What a flag says counts more than its environment variable, and that more than the default.
^C once: finish what runs, start nothing more. Twice: abort commands. Three times: exit.`,
  examples: [
    ["mgmt run graph.yaml", "make it true and keep it true"],
    ["mgmt run graph.yaml --noop -t 0", "say what would be done"],
    ["mgmt run graph.yaml -t 0", "once, from cron"],
    ["mgmt run graph.yaml -t 5", "until nothing has changed for five seconds"],
  ],
  flags: FLAGS.map((flag) => {
    const environment = ENVIRONMENT[flag.name];
    return environment === undefined ? flag : { ...flag, environment };
  }),
  words: { least: 0, most: 1 },
  run: async ({ flags, words: [word] }, surface) => {
    const flag = flags.get("file");
    if (word !== undefined && flag !== undefined && flag !== word) {
      return await refuse("run", { message: `two graphs: --file ${flag}, and ${word}` }, surface);
    }
    const given = word === undefined ? flags : new Map(flags).set("file", word);
    const settings = runSettings(given, surface);
    if (!settings.ok) return await refuse("run", settings.failure, surface);
    const { runAgent } = await import("../../app/on_host.ts");
    return await runAgent(settings.value);
  },
};
