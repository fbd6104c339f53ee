import { answer } from "../cluster_flags.ts";
import type { Command } from "../command.ts";
import { JOURNAL_FLAGS, journalQuestion } from "../journal_flags.ts";

/** Tells why the last action on a resource was done. */
export const why: Command = {
  name: "why",
  summary: "tell why a resource was changed, refreshed, or failed last",
  usage: ["[FLAGS] RESOURCE"],
  details:
    `Goes from the last action on a resource to what caused it: what was seen to happen, a resource before
it that was changed, who owed it a refresh, the export of another host; the last first, times in UTC.
Of a running agent it says first how the resource is now, unless it is right: failed, held, or for whom
it waits and why; also of one to which nothing was ever done.
With --output json: {"version": 1, "type": "why", "key", "chain": [entries as of mgmt history, each with
its "causes"], "missing": a resource of which no earlier action is known,
"now": how it is, as GET /v1/resources/KEY}.`,
  examples: [
    ["mgmt why svc[nginx]", "why was nginx reloaded"],
    ["mgmt why /etc/motd", "the same of a file; its name is enough"],
  ],
  flags: JOURNAL_FLAGS,
  words: { least: 1, most: 1, missing: "resource" },
  run: async (given, surface) => {
    const app = await import("../../app/journal/on_journal.ts");
    return await answer("why", await app.why(journalQuestion(given)), surface);
  },
};
