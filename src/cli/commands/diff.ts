import { answer } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { AT_FLAG, JOURNAL_FLAGS, journalQuestion } from "../journal_flags.ts";

/** Shows what a change was. */
export const diff: Command = {
  name: "diff",
  summary: "show what the last change of a resource was",
  usage: ["[FLAGS] RESOURCE"],
  details:
    `Shows the lines that were removed (-) and added (+) by the last change, or the last one until --at.
With --output json: {"version": 1, "type": "diff", "entry": as of mgmt history, "lines": [text]}.`,
  examples: [
    ["mgmt diff /etc/motd", "what was put right last"],
    ["mgmt diff /etc/motd --at 03:00", "what was changed last until three o'clock"],
  ],
  flags: [AT_FLAG, ...JOURNAL_FLAGS],
  words: { least: 1, most: 1, missing: "resource" },
  run: async (given, surface) => {
    const app = await import("../../app/journal/on_journal.ts");
    const found = await app.diff(journalQuestion(given), given.values.of(AT_FLAG));
    return await answer("diff", found, surface);
  },
};
