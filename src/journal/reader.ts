/**
 * Reads the journal: what happened, and what of one resource.
 *
 * @module
 */

import type { DatabaseSync } from "./sqlite.ts";
import { isJsonObject, parseJson } from "../base/json.ts";
import type { NamedResources } from "../base/resource_word.ts";
import { ACTION_TYPES, CHANGES, type EntryType, type RecordedEntry } from "./entry.ts";
import { isEmpty, WRONG } from "./schema.ts";

/** What of the journal is wanted. */
export interface HistoryQuery {
  /** The key of a resource. */
  readonly key?: string;
  /** Since when, in milliseconds since 1970. */
  readonly sinceMs?: number;
  readonly kind?: string;
  readonly only?: "changed" | "failed";
  /** Only such entries. */
  readonly types?: readonly EntryType[];
  /** The newest so many. */
  readonly limit: number;
  /** Only the last so many entries are looked through; absent: all are. */
  readonly window?: number;
}

/** What was found, the oldest first. */
export interface History {
  readonly entries: readonly RecordedEntry[];
  /** There are earlier ones. */
  readonly isCut: boolean;
}

/** Names among which the one that was meant is looked for. */
const NEAR_AMONG = 20_000;
/** Refreshes among which those are looked for that one change asked for. */
const REFRESHED_MOST = 10_000;

const SELECT = "SELECT entry.id, at_ms, type, run, times, last_ms, detail, resource.key " +
  "FROM entry LEFT JOIN resource ON resource.id = entry.resource";

type Row = Readonly<Record<string, unknown>>;
type Value = string | number;

/** Reads one journal. What SQLite throws is for whoever opened it. */
export class JournalReader {
  readonly #database: DatabaseSync;
  readonly #isEmpty: boolean;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#isEmpty = isEmpty(database);
  }

  /** What happened. */
  history({ key, sinceMs, kind, only, types, limit, window }: HistoryQuery): History {
    const where: string[] = [];
    const values: Value[] = [];
    const and = (condition: string, ...more: readonly Value[]) => {
      where.push(condition);
      values.push(...more);
    };
    if (key !== undefined) and("entry.resource = (SELECT id FROM resource WHERE key = ?)", key);
    // With a sign before it no index is taken: rows come in their order, and most are of few kinds.
    if (kind !== undefined) {
      and("+entry.resource IN (SELECT id FROM resource WHERE kind = ?)", kind);
    }
    if (sinceMs !== undefined) and("coalesce(last_ms, at_ms) >= ?", sinceMs);
    if (types !== undefined) and(`type IN (${listed(types)})`);
    if (only === "changed") and(`type IN (${listed(CHANGES)})`);
    if (only === "failed") and(WRONG);
    if (window !== undefined) and("entry.id > (SELECT max(id) FROM entry) - ?", window);
    const condition = where.length === 0 ? "" : ` WHERE ${where.join(" AND ")}`;
    const rows = this.#all(`${SELECT}${condition} ORDER BY entry.id DESC LIMIT ?`, [
      ...values,
      limit + 1,
    ]);
    const isCut = rows.length > limit;
    return { entries: rows.slice(0, limit).map(entryOf).toReversed(), isCut };
  }

  /** The last action on a resource, before an entry where one is named. */
  last(key: string, how: LastQuery = {}): RecordedEntry | undefined {
    const { beforeId, untilMs, types = ACTION_TYPES } = how;
    const [row] = this.#all(
      `${SELECT} WHERE entry.resource = (SELECT id FROM resource WHERE key = ?) ` +
        `AND type IN (${listed(types)})` +
        (beforeId === undefined ? "" : " AND entry.id < ?") +
        (untilMs === undefined ? "" : " AND at_ms <= ?") +
        " ORDER BY entry.id DESC LIMIT 1",
      [
        key,
        ...(beforeId === undefined ? [] : [beforeId]),
        ...(untilMs === undefined ? [] : [untilMs]),
      ],
    );
    return row && entryOf(row);
  }

  /** The entry of that number. */
  entry(id: number): RecordedEntry | undefined {
    const [row] = this.#all(`${SELECT} WHERE entry.id = ?`, [id]);
    return row && entryOf(row);
  }

  /** The first graph or change of graph at or before an entry. */
  graphAt(id: number): RecordedEntry | undefined {
    const [row] = this.#all(
      `${SELECT} WHERE entry.id <= ? AND type = 'graph' ORDER BY entry.id DESC LIMIT 1`,
      [id],
    );
    return row && entryOf(row);
  }

  /** Keys of the resources that were refreshed for a resource's change after that entry, each once. */
  refreshedFor(key: string, afterId: number): readonly string[] {
    const rows = this.#all(
      `${SELECT} WHERE entry.id > ? AND type IN (${listed(CHANGES)}) AND instr(detail, ?) > 0 ` +
        "ORDER BY entry.id LIMIT ?",
      [afterId, `"askedBy":`, REFRESHED_MOST],
    );
    const asked = rows.map(entryOf).filter(({ askedBy = [] }) => askedBy.includes(key));
    return [...new Set(asked.flatMap((entry) => entry.key === undefined ? [] : [entry.key]))];
  }

  /** Whether the last so many entries are all from after a time, and there are earlier ones. */
  isAfter(atMs: number, last: number): boolean {
    const [row] = this.#all(
      "SELECT at_ms FROM entry WHERE id <= (SELECT max(id) FROM entry) - ? ORDER BY id DESC LIMIT 1",
      [last],
    );
    return row !== undefined && Number(row["at_ms"]) > atMs;
  }

  /** When the oldest entry was written, in milliseconds since 1970; undefined: there is none. */
  beginMs(): number | undefined {
    const [row] = this.#all("SELECT at_ms FROM entry ORDER BY id LIMIT 1", []);
    return row && Number(row["at_ms"]);
  }

  /** The resources of which it tells, for whoever names one. */
  named(): NamedResources {
    return {
      has: (key) => this.#keys("WHERE key = ?", [key]).length > 0,
      named: (name) => this.#keys("WHERE name = ?", [name]),
      about: () => [],
      near: () => this.#keys("LIMIT ?", [NEAR_AMONG]),
    };
  }

  #keys(rest: string, values: readonly Value[]): string[] {
    return this.#all(`SELECT key FROM resource ${rest}`, values).map((row) => String(row["key"]));
  }

  #all(sql: string, values: readonly Value[]): Row[] {
    return this.#isEmpty ? [] : this.#database.prepare(sql).all(...values);
  }
}

/** Which of a resource's actions is meant. */
interface LastQuery {
  readonly beforeId?: number;
  readonly untilMs?: number;
  readonly types?: readonly EntryType[];
}

function listed(types: readonly EntryType[]): string {
  return types.map((type) => `'${type}'`).join(", ");
}

/** A row as an entry; a detail that cannot be read is an entry without. */
function entryOf(row: Row): RecordedEntry {
  const detail = parseJson(String(row["detail"]));
  const { key, times, last_ms: lastMs, run } = row;
  return {
    ...(isJsonObject(detail) ? detail : {}),
    id: Number(row["id"]),
    atMs: Number(row["at_ms"]),
    // A newer program may have types that this one does not know: they are shown by their names.
    type: String(row["type"]) as EntryType,
    run: typeof run === "number" ? run : undefined,
    ...(typeof key === "string" ? { key } : {}),
    ...(typeof times === "number" ? { times, lastMs: Number(lastMs) } : {}),
  };
}
