import type { Flag } from "../../app/flags.ts";
import { OUTPUT_FLAG, RUN_FLAGS } from "../../app/run_flags.ts";
import { STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { KIND_FLAG } from "../journal_flags.ts";
import { refuse } from "../refuse.ts";

const FOLLOW_FLAG: Flag = {
  name: "follow",
  short: "f",
  summary: "go on until the agent ends; it does so in any case",
};

const VERBOSE_FLAG: Flag = {
  ...{ name: RUN_FLAGS.verbose.name, short: RUN_FLAGS.verbose.short },
  summary: "say more: what is as it should be, too",
};

/** So many names are more than anybody types. */
const WORDS_MAX = 1000;

/** Says what happens at the running agent. */
export const events: Command = {
  name: "events",
  summary: "say what happens at the running agent, as it happens",
  usage: ["[FLAGS] [RESOURCE...]"],
  details:
    `The first line is how the agent is; then come the lines that the agent itself says, from now on,
until it ends or you press ^C: what was before is told by mgmt history. A resource may be named as
file[/etc/motd], by its name alone, or by what it is about; of what the graph has not it warns, and waits
for an edit to bring it. Whoever reads slowly holds up nobody: what came too fast is counted.
With --output json it prints what GET /v1/events answers: an object a line, the first of type snapshot with
the status of the agent, the others as mgmt run --output json prints them.
It exits with 0 when the agent has ended, with 1 where none answers.`,
  examples: [
    ["mgmt events -f", "watch the agent at work"],
    ["mgmt events --kind svc", "only what becomes of services"],
    ["mgmt events --output json | jq 'select(.type == \"failed\")'", "for programs"],
  ],
  flags: [FOLLOW_FLAG, KIND_FLAG, VERBOSE_FLAG, OUTPUT_FLAG, ...STATE_FLAGS],
  words: { least: 0, most: WORDS_MAX },
  run: async ({ flags, values, words }, surface) => {
    const app = await import("../../app/status/on_status.ts");
    const told = await app.followEvents({ flags }, {
      asJson: values.of(OUTPUT_FLAG) === "json",
      verbose: values.has(VERBOSE_FLAG),
      kind: values.of(KIND_FLAG)?.toLowerCase(),
      words,
      warn: (why) => refuse("events", why, surface),
    });
    return told.ok ? 0 : await refuse("events", told.failure, surface);
  },
};
