import { type Flag, takesNumber } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { SINCE_FLAG } from "../journal_flags.ts";
import { refuse } from "../refuse.ts";
import { answerUndo, UNDO_FLAGS } from "../undo_flags.ts";

const CHANGE_FLAG = {
  name: "change",
  ...takesNumber({ least: 1, most: Number.MAX_SAFE_INTEGER }),
  summary: "the one change of that number, as mgmt history shows it",
} as const satisfies Flag;

/** Takes changes back. */
export const undo: Command = {
  name: "undo",
  summary: "take back what was changed: one change, or all since a time",
  usage: ["[FLAGS] --change NUMBER", "[FLAGS] --since TIME"],
  details:
    `Says of each resource what it takes back, does it, and asks nothing; what was done since, it takes back
last first. What somebody else has changed since is left, unless --force is said: what is overwritten is
kept in any case, and an undo can be undone. What was taken back is held for a day (--for), so that the
agent leaves it; mgmt release ends that. Whoever was to hear of the change by a notify edge gets its
refresh. Where no agent runs, the command does it and the next agent heeds the hold.
What cannot be taken back is said so: what commands and packages did, contents of which no copy is kept.
Exit code 0: all is as it was, or with --noop would be; 4: not all of it.`,
  examples: [
    ["mgmt undo --change 1204", "take that change back"],
    ["mgmt undo --since 02:00 --noop", "what taking back all of the night would do"],
  ],
  flags: [CHANGE_FLAG, SINCE_FLAG, ...UNDO_FLAGS, OUTPUT_FLAG, ...STATE_FLAGS],
  words: { least: 0, most: 0 },
  run: async (line, surface) => {
    const { values } = line;
    const [change, since] = [values.of(CHANGE_FLAG), values.of(SINCE_FLAG)];
    if ((change === undefined) === (since === undefined)) {
      const message = change === undefined
        ? "which change? Say --change NUMBER or --since TIME"
        : "say --change or --since, not both";
      const hint = "mgmt history --changed shows what was changed";
      return await refuse("undo", { message, hint }, surface);
    }
    const choice = since === undefined ? { change: change! } : { since };
    return await answerUndo("undo", choice, line, surface);
  },
};
