import { answer } from "../cluster_flags.ts";
import { type Flag, takesNumber } from "../../app/flags.ts";
import type { Command } from "../command.ts";
import { JOURNAL_FLAGS, journalQuestion, KIND_FLAG, SINCE_FLAG } from "../journal_flags.ts";
import { refuse } from "../refuse.ts";

const CHANGED_FLAG: Flag = { name: "changed", summary: "only what was changed or refreshed" };
const FAILED_FLAG: Flag = { name: "failed", summary: "only what went wrong" };

const LIMIT_FLAG = {
  name: "limit",
  ...takesNumber({ least: 1, most: 100_000 }),
  summary: "the newest so many",
  defaultValue: 1000,
} as const satisfies Flag;

/** Tells what happened. */
export const history: Command = {
  name: "history",
  summary: "tell what was done on this host, and what went wrong",
  usage: ["[FLAGS] [RESOURCE]"],
  details:
    `Reads the journal that runs keep below their prefix, whether the agent runs or not: what they changed,
refreshed and failed in, with the first known cause, graphs that came into force or were refused, and
what happened in the cluster; the oldest first, times in UTC. A resource may be named as file[/etc/motd]
or, where only one has that name, as /etc/motd. Of what not everybody may read, of what commands print
and of their environment the journal has sizes and hashes only.
With --output json: {"version": 1, "type": "history", "isCut": there are earlier ones, "entries":
[{"id": later ones are greater, "time", "type", "key", "reason", "causes", "tookMs", "difference",
"canUndo": mgmt undo takes it back, "failure", "times" and "lastTime" where it happened several times in a row, …}]}.`,
  examples: [
    ["mgmt history --since 18:00 --changed", "what changed last night"],
    ["mgmt history --failed --kind svc", "which services failed, and when"],
    ["mgmt history /etc/nginx/nginx.conf", "all that happened to one file"],
  ],
  flags: [SINCE_FLAG, KIND_FLAG, CHANGED_FLAG, FAILED_FLAG, LIMIT_FLAG, ...JOURNAL_FLAGS],
  words: { least: 0, most: 1 },
  run: async (given, surface) => {
    const { values } = given;
    const [changed, failed] = [values.has(CHANGED_FLAG), values.has(FAILED_FLAG)];
    if (changed && failed) {
      return await refuse(
        "history",
        { message: "--changed and --failed exclude each other" },
        surface,
      );
    }
    const kind = values.of(KIND_FLAG)?.toLowerCase();
    const app = await import("../../app/journal/on_journal.ts");
    const found = await app.history(journalQuestion(given), {
      limit: values.of(LIMIT_FLAG),
      since: values.of(SINCE_FLAG),
      ...(kind === undefined ? {} : { kind }),
      ...(changed ? { only: "changed" } : failed ? { only: "failed" } : {}),
    });
    return await answer("history", found, surface);
  },
};
