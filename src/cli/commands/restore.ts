import { type Flag, takesMoment } from "../../app/flags.ts";
import { OUTPUT_FLAG } from "../../app/run_flags.ts";
import { STATE_FLAGS } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { answerUndo, RESTORE_FLAGS, RESTORE_FORCE_FLAG } from "../undo_flags.ts";

const AT_FLAG = {
  name: "at",
  ...takesMoment(),
  summary: "as it was then: 90m, 1h or 2d ago, 03:00, yesterday, a date (all in UTC)",
  defaultText: "before its last change",
} as const satisfies Flag;

/** Brings a resource back to what it was. */
export const restore: Command = {
  name: "restore",
  summary: "bring a resource back to what it was at a time, or before its last change",
  usage: ["[FLAGS] RESOURCE"],
  details:
    `As far as runs have changed it: from the journal and the copies that are kept of what was overwritten.
What stands there now is kept, whoever changed it, and mgmt undo of the restore brings that back. It is
held for a day (--for), as by mgmt undo; of what no copy is kept, it says so and changes nothing.`,
  examples: [
    ["mgmt restore /etc/nginx/nginx.conf", "what it was before it was changed last"],
    ["mgmt restore svc[nginx] --at 02:00", "whether it ran and started with the host then"],
  ],
  flags: [AT_FLAG, ...RESTORE_FLAGS, RESTORE_FORCE_FLAG, OUTPUT_FLAG, ...STATE_FLAGS],
  words: { least: 1, most: 1, missing: "resource" },
  run: async (line, surface) => {
    const { values, words: [resource = ""] } = line;
    return await answerUndo("restore", { resource, at: values.of(AT_FLAG) }, line, surface);
  },
};
