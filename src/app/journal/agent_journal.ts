import { momentMs } from "../../base/moment.ts";
import { ok, type Result } from "../../base/result.ts";
import type { AgentJournal } from "../../control/agent.ts";
import { sqliteFailure } from "../../journal/database.ts";
import { historyObject, whyObject } from "../../journal/objects.ts";
import { JournalReader } from "../../journal/reader.ts";
import { explain } from "../../journal/why.ts";
import type { JournalWriter } from "../../journal/writer.ts";
import type { Clock } from "../../os/clock.ts";
import { meant } from "./meant.ts";
import { nothingDone } from "./nothing_done.ts";

/** Entries that are looked through while the agent has other things to do. */
const WINDOW = 20_000;

/** A running agent's journal, as who asks over its socket sees it. */
export function agentJournal(
  { database, path }: JournalWriter,
  prefix: string,
  clock: Pick<Clock, "wall">,
): AgentJournal {
  const read = (work: (reader: JournalReader) => Result<object>): Result<object> => {
    try {
      return work(new JournalReader(database));
    } catch (thrown) {
      return { ok: false, failure: sqliteFailure(path, thrown) };
    }
  };
  return {
    history: ({ resource, since, ...wish }) =>
      read((reader) => {
        const key = resource === undefined ? undefined : meant(resource, reader, prefix);
        if (key?.ok === false) return key;
        return ok(historyObject(reader.history({
          ...wish,
          window: WINDOW,
          ...(key === undefined ? {} : { key: key.value }),
          ...(since === undefined ? {} : { sinceMs: momentMs(since, clock.wall().getTime()) }),
        })));
      }),
    why: (word) =>
      read((reader) => {
        const key = meant(word, reader, prefix);
        if (!key.ok) return key;
        const found = explain(reader, key.value);
        return found.chain.length > 0 ? ok(whyObject(found)) : nothingDone(key.value, reader);
      }),
  };
}
