import { RUN_FLAGS } from "../../app/run_flags.ts";
import type { Flag } from "../../app/flags.ts";
import { runSettings } from "../../app/settings.ts";
import type { Command } from "../command.ts";
import { refuse } from "../refuse.ts";

const ALLOW_PROBE_FLAG = {
  name: "allow-probe",
  summary: "also run the commands of the graph that only look: ifcmd, and those of probes",
} as const satisfies Flag;

/** Says what a run would do. */
export const plan: Command = {
  name: "plan",
  summary: "say what a run would do, and change nothing",
  usage: ["[FLAGS] FILE_OR_DIRECTORY"],
  details: `Each resource ends as one of these:
  ok        it is as it should be
  change    it would be changed; what differs is shown
  after     another resource makes what it needs; what is known of it now is shown
  refresh   it would be reloaded, restarted or run again, for those who ask
  unknown   only doing it shows whether anything changes, or whether it succeeds
  refused   it would fail, and why
  blocked   it is behind something refused, or held
Exit code: 4 when something is refused, else 2 when there is anything to do or unknown, 0 when all
is ok, and 1 where the graph is wrong.`,
  examples: [
    ["mgmt plan graph.yaml", "what would a run do?"],
    ["mgmt plan graph.yaml --output json", "the same for a program"],
  ],
  flags: [
    ALLOW_PROBE_FLAG,
    { ...RUN_FLAGS.output, summary: "lines for people (human), or one object (json)" },
    { ...RUN_FLAGS.verbose, summary: "say what is as it should be, too" },
    {
      ...RUN_FLAGS.prefix,
      summary: "where the agent of this host keeps its state: what it is owed, and what is held",
    },
    RUN_FLAGS.hostname,
  ],
  otherFlags: [
    RUN_FLAGS.color,
    RUN_FLAGS.seeds,
    RUN_FLAGS.clientUrls,
    RUN_FLAGS.clusterWait,
    RUN_FLAGS.allowUnsafeGraph,
  ],
  words: { least: 1, most: 1 },
  run: async ({ flags, values, words: [file = "-"] }, surface) => {
    const settings = runSettings(
      new Map(flags).set("file", file).set("noop", "true").set("converged-timeout", "0"),
      surface,
    );
    if (!settings.ok) return await refuse("plan", settings.failure, surface);
    const { runPlan } = await import("../../app/on_host.ts");
    return await runPlan({ ...settings.value, plan: { probes: values.has(ALLOW_PROBE_FLAG) } });
  },
};
