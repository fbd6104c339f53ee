import { AS_FLAG } from "../../app/facts/as_flag.ts";
import { FACTS_FLAG, OUTPUT_FLAG, RUN_FLAGS } from "../../app/run_flags.ts";
import type { Flag } from "../../app/flags.ts";
import { runSettings } from "../../app/settings.ts";
import { printable } from "../../base/printable.ts";
import type { Command } from "../command.ts";
import { withGraph } from "../graph_words.ts";
import { refuse } from "../refuse.ts";

const ALLOW_PROBE_FLAG = {
  name: "allow-probe",
  summary: "also run the commands of the graph that only look: ifcmd, unless, and those of probes",
} as const satisfies Flag;

const RUNNING_FLAG = {
  name: "running",
  summary: "say what this edit would do to what the running agent keeps, without looking again",
} as const satisfies Flag;

/** Says what a run would do. */
export const plan: Command = {
  name: "plan",
  summary: "say what a run would do, and change nothing",
  usage: ["[FLAGS] FILE_OR_DIRECTORY", "[FLAGS] --file FILE", "[FLAGS] yaml FILE"],
  details: `Each resource ends as one of these:
  ok        it is as it should be
  change    it would be changed; what differs is shown
  after     another resource makes what it needs; what is known of it now is shown
  refresh   it would be reloaded, restarted or run again, for those who ask
  unknown   only doing it shows whether anything changes, or whether it succeeds
  refused   it would fail, and why
  blocked   it is behind something refused, or held
With --running, what the agent has in force is compared with the file: what is new or edited (by its
fields), whom that reloads or restarts, and as "removed" what leaves the graph. The agent looks at
nothing for it, so what is new is unknown, and what is not edited is as it was found last.
Exit code: 4 when something is refused, else 2 when there is anything to do or unknown (or removed), 0
when all is ok, and 1 where the graph is wrong.`,
  examples: [
    ["mgmt plan graph.yaml", "what would a run do?"],
    ["mgmt plan graph.yaml --running", "what would this edit change and restart?"],
    ["mgmt plan graph.yaml --output json", "the same for a program"],
  ],
  flags: [
    RUNNING_FLAG,
    ALLOW_PROBE_FLAG,
    OUTPUT_FLAG,
    { ...RUN_FLAGS.verbose, summary: "say what is as it should be, too" },
    {
      ...RUN_FLAGS.prefix,
      summary: "where the agent of this host keeps its state: what it is owed, and what is held",
    },
    RUN_FLAGS.hostname,
    RUN_FLAGS.label,
    FACTS_FLAG,
    AS_FLAG,
    RUN_FLAGS.secrets,
  ],
  otherFlags: [
    RUN_FLAGS.file,
    // A plan ends by itself, and who makes one of a line for a run need not take it out.
    RUN_FLAGS.convergedTimeout,
    RUN_FLAGS.color,
    RUN_FLAGS.seeds,
    RUN_FLAGS.clientUrls,
    RUN_FLAGS.secretFile,
    RUN_FLAGS.insecurePlaintext,
    RUN_FLAGS.clusterWait,
    RUN_FLAGS.allowUnsafeGraph,
  ],
  words: { least: 0, most: 2 },
  run: async (line, surface) => {
    const { values } = line;
    const given = withGraph("plan", line);
    if (!given.ok) return await refuse("plan", given.failure, surface);
    const read = runSettings(new Map(given.value).set("noop", "true"), surface);
    if (!read.ok) return await refuse("plan", read.failure, surface);
    const settings = { ...read.value, convergedTimeoutSeconds: 0, convergedAfterSeconds: 0 };
    const app = await import("../../app/on_plan.ts");
    const probes = values.has(ALLOW_PROBE_FLAG);
    if (!values.has(RUNNING_FLAG)) {
      const whose = { factsFile: values.of(FACTS_FLAG), as: values.of(AS_FLAG) };
      const given = await app.givenFacts(whose, { ...line, ...surface });
      if (!given.ok) return await refuse("plan", given.failure, surface);
      const { facts, note } = given.value ?? {};
      if (note !== undefined) await surface.complain(`note: ${printable(note)}\n`);
      return await app.runPlan({ ...settings, ...(facts && { facts }), plan: { probes } });
    }
    const odd = [ALLOW_PROBE_FLAG, FACTS_FLAG, AS_FLAG].find((flag) => values.has(flag));
    if (odd !== undefined) {
      const message = odd !== ALLOW_PROBE_FLAG
        ? `--${RUNNING_FLAG.name} is for this host, so --${odd.name} says nothing`
        : `--${RUNNING_FLAG.name} looks at nothing, so --${ALLOW_PROBE_FLAG.name} says nothing`;
      return await refuse("plan", { message }, surface);
    }
    const planned = await app.runningPlan(settings, line.flags);
    return planned.ok ? planned.value : await refuse("plan", planned.failure, surface);
  },
};
