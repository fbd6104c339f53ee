/**
 * Writes entries, keeps the file small, and brings it to the disk.
 *
 * @module
 */

import type { DatabaseSync, StatementSync } from "./sqlite.ts";
import { type Failure, ok, type Result } from "../base/result.ts";
import { kindOf, nameOf } from "../base/words.ts";
import { identityOf, openToWrite, sqliteFailure, syncFile } from "./database.ts";
import type { NewEntry } from "./entry.ts";
import { numberOf } from "./schema.ts";

/** Numbers of resources that are remembered. */
const REMEMBERED = 2000;
/** After so many transactions, what they wrote goes into the file itself. */
const CHECKPOINT_AFTER = 50;
/** Entries that one step removes, at first, at least and at most; and of all there are. */
const STEP = { first: 500, least: 50, most: 2000 };
const STEP_SHARE = 0.05;
/** A step should take so long, in milliseconds. */
const STEP_MS = { least: 2, most: 6 };
/** Pages that a step gives back. */
const STEP_PAGES = 250;
/** Of its limit a file that was too large is brought down to so much. */
const ROOM = 0.9;

/** What a journal may take. */
export interface JournalLimits {
  readonly bytes: number;
  /** Entries from before go; undefined: none does for its age. */
  readonly beforeMs: number | undefined;
}

/** The one who writes a journal. */
export class JournalWriter {
  readonly #database: DatabaseSync;
  readonly path: string;
  readonly #identity: string | undefined;
  readonly #statements = new Map<string, StatementSync>();
  readonly #resources = new Map<string, number>();
  #run: number | undefined;
  #newestMs: number | undefined;
  #transactions = 0;
  #step = STEP.first;
  #isPruning = false;

  private constructor(database: DatabaseSync, path: string) {
    this.#database = database;
    this.path = path;
    this.#identity = identityOf(path);
  }

  /** Opens the journal of that path, and makes it where there is none. `run`: the run that goes on. */
  static open(path: string, run: number | undefined): Result<JournalWriter> {
    const opened = openToWrite(path);
    if (!opened.ok) return opened;
    const writer = new JournalWriter(opened.value, path);
    writer.#run = run;
    try {
      const newest = writer.#statement("SELECT at_ms FROM entry ORDER BY id DESC LIMIT 1").get();
      writer.#newestMs = newest && Number(newest["at_ms"]);
    } catch (thrown) {
      writer.discard();
      return { ok: false, failure: sqliteFailure(path, thrown) };
    }
    return ok(writer);
  }

  /** For whoever reads in the same program. */
  get database(): DatabaseSync {
    return this.#database;
  }

  get run(): number | undefined {
    return this.#run;
  }

  /** When the last entry was written before this one opened it, in milliseconds since 1970. */
  get newestMs(): number | undefined {
    return this.#newestMs;
  }

  /** Whether somebody took the file away, or put another in its place. */
  get isGone(): boolean {
    return identityOf(this.path) !== this.#identity;
  }

  /** Writes new entries and what became of earlier ones, all or nothing. */
  write(added: readonly NewEntry[], changed: readonly NewEntry[]): Failure | undefined {
    const ids: number[] = [];
    let run = this.#run;
    try {
      this.#do("BEGIN IMMEDIATE");
      for (const entry of added) {
        const id = this.#insert(entry, run);
        if (entry.type === "start") {
          run = id;
          this.#statement("UPDATE entry SET run = id WHERE id = ?").run(id);
        }
        ids.push(id);
      }
      for (const entry of changed) this.#update(entry);
      this.#do("COMMIT");
    } catch (thrown) {
      this.#forget();
      return sqliteFailure(this.path, thrown);
    }
    this.#run = run;
    this.#transactions++;
    added.forEach((entry, index) => entry.id = ids[index]);
    return undefined;
  }

  /** Whether what was written should go into the file itself. */
  get isDue(): boolean {
    return this.#transactions >= CHECKPOINT_AFTER;
  }

  /**
   * Moves what was written into the file itself. A power failure at any moment costs entries, never the
   * file: nothing is moved before it is on the disk, and nothing may be written until that is there, too.
   */
  async checkpoint(): Promise<void> {
    if (this.#transactions === 0) return;
    this.#transactions = 0;
    await syncFile(`${this.path}-wal`);
    const moved = this.#attempt(() => this.#do("PRAGMA wal_checkpoint(PASSIVE)"));
    if (moved) await syncFile(this.path);
  }

  /** How many entries there are, and how large the file is; undefined: it cannot be read. */
  size(): { readonly entries: number; readonly bytes: number } | undefined {
    let size;
    this.#attempt(() => {
      // Only the oldest go, so those that are there follow each other.
      const first = numberOf(this.#database, "SELECT coalesce(min(id), 1) FROM entry");
      const last = numberOf(this.#database, "SELECT coalesce(max(id), 0) FROM entry");
      const pages = numberOf(this.#database, "PRAGMA page_count");
      const pageBytes = numberOf(this.#database, "PRAGMA page_size");
      size = { entries: last - first + 1, bytes: pages * pageBytes };
    });
    return size;
  }

  /** Removes some of what is too much; the result is whether there is more. */
  prune(limits: JournalLimits, nowMs: () => number): boolean {
    let isMore = false;
    const done = this.#attempt(() => isMore = this.#pruneStep(limits, nowMs));
    return done && isMore;
  }

  /** Ends it; the file is whole and on the disk. */
  async close(): Promise<void> {
    await this.checkpoint();
    // The last one to close moves what is left, which then must be on the disk.
    this.#attempt(() => this.#do("PRAGMA synchronous = NORMAL"));
    this.discard();
  }

  /** Ends it without a word, where it is of no use any more. */
  discard(): void {
    this.#attempt(() => this.#database.close());
  }

  #pruneStep({ bytes, beforeMs }: JournalLimits, nowMs: () => number): boolean {
    const pageBytes = numberOf(this.#database, "PRAGMA page_size");
    const pages = numberOf(this.#database, "PRAGMA page_count");
    const free = numberOf(this.#database, "PRAGMA freelist_count");
    const used = (pages - free) * pageBytes;
    if (used > bytes) this.#isPruning = true;
    else if (used < bytes * ROOM) this.#isPruning = false;
    const isOld = beforeMs !== undefined && this.#oldestMs() < beforeMs;
    if (this.#isPruning || isOld) {
      const startMs = nowMs();
      this.#removeOldest(this.#isPruning ? undefined : beforeMs);
      const tookMs = nowMs() - startMs;
      if (tookMs > STEP_MS.most) this.#step = Math.max(STEP.least, Math.floor(this.#step / 2));
      else if (tookMs < STEP_MS.least) this.#step = Math.min(STEP.most, this.#step * 2);
    }
    if (free > 0) this.#do(`PRAGMA incremental_vacuum(${STEP_PAGES})`);
    if (this.#isPruning || isOld || free > 0) this.#transactions++;
    return this.#isPruning || isOld || free > STEP_PAGES;
  }

  #oldestMs(): number {
    return Number(
      this.#statement("SELECT at_ms FROM entry ORDER BY id LIMIT 1").get()?.["at_ms"] ?? Infinity,
    );
  }

  /** A part of all entries, so that a small journal is not emptied in one step. */
  #share(): number {
    // Each end asked for by itself is found at once; both together, by reading all entries.
    const span = numberOf(
      this.#database,
      "SELECT (SELECT max(id) FROM entry) - (SELECT min(id) FROM entry)",
    );
    return Math.max(STEP.least, Math.ceil(span * STEP_SHARE));
  }

  /** In the order of their numbers: the clock may have jumped. */
  #removeOldest(beforeMs: number | undefined): void {
    const oldest = this.#statement(
      "SELECT id, resource, at_ms FROM entry ORDER BY id LIMIT ?",
    ).all(Math.min(this.#step, this.#share()));
    const young = beforeMs === undefined
      ? -1
      : oldest.findIndex((row) => Number(row["at_ms"]) >= beforeMs);
    const going = young === -1 ? oldest : oldest.slice(0, young);
    const last = going.at(-1)?.["id"];
    if (last === undefined) return;
    this.#do("BEGIN IMMEDIATE");
    try {
      this.#statement("DELETE FROM entry WHERE id <= ?").run(last);
      for (const resource of new Set(going.map((row) => row["resource"]))) {
        if (resource === null) continue;
        this.#statement(
          "DELETE FROM resource WHERE id = ?1 AND NOT EXISTS " +
            "(SELECT 1 FROM entry WHERE resource = ?1)",
        ).run(resource!);
      }
      this.#do("COMMIT");
    } finally {
      this.#forget();
    }
  }

  #insert(entry: NewEntry, run: number | undefined): number {
    const { key, type, atMs, times, lastMs, detail } = entry;
    const inserted = this.#statement(
      "INSERT INTO entry (at_ms, type, run, resource, times, last_ms, detail) " +
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
    ).run(
      atMs,
      type,
      run ?? null,
      key === undefined ? null : this.#resource(key),
      times > 1 ? times : null,
      times > 1 ? lastMs : null,
      JSON.stringify(detail),
    );
    return Number(inserted.lastInsertRowid);
  }

  #update({ id, times, lastMs, detail }: NewEntry): void {
    if (id === undefined) return;
    this.#statement("UPDATE entry SET times = ?, last_ms = ?, detail = ? WHERE id = ?")
      .run(times > 1 ? times : null, times > 1 ? lastMs : null, JSON.stringify(detail), id);
  }

  #resource(key: string): number {
    const known = this.#resources.get(key);
    if (known !== undefined) return known;
    const found = this.#statement("SELECT id FROM resource WHERE key = ?").get(key)?.["id"];
    const id = Number(
      found ?? this.#statement("INSERT INTO resource (key, kind, name) VALUES (?, ?, ?)")
        .run(key, kindOf(key), nameOf(key)).lastInsertRowid,
    );
    if (this.#resources.size >= REMEMBERED) this.#resources.clear();
    this.#resources.set(key, id);
    return id;
  }

  /** What was not committed never was. */
  #forget(): void {
    this.#resources.clear();
    if (this.#database.isTransaction) this.#attempt(() => this.#do("ROLLBACK"));
  }

  #statement(sql: string): StatementSync {
    let statement = this.#statements.get(sql);
    if (statement === undefined) {
      this.#statements.set(sql, statement = this.#database.prepare(sql));
    }
    return statement;
  }

  #do(sql: string): void {
    this.#statement(sql).all();
  }

  #attempt(work: () => void): boolean {
    try {
      work();
      return true;
    } catch {
      return false;
    }
  }
}
