/**
 * The tables of the journal, and how those of an older program become ours.
 *
 * @module
 */

import type { DatabaseSync } from "./sqlite.ts";
import { type Failure, failure } from "../base/result.ts";
import { printable } from "../base/printable.ts";
import { FAILURES } from "./entry.ts";

/** `mgmt` as a number, by which a file is known as a journal. */
const APPLICATION = 0x6d676d74;

/** The condition of the index, in the very words in which it is asked for. */
export const WRONG = `type IN (${FAILURES.map((type) => `'${type}'`).join(", ")})`;

/** One version of the tables after the other: each makes them of the one before. */
const VERSIONS: readonly string[] = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
   CREATE TABLE resource (
     id INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, kind TEXT NOT NULL, name TEXT NOT NULL);
   CREATE INDEX resource_name ON resource (name);
   CREATE TABLE entry (
     id INTEGER PRIMARY KEY AUTOINCREMENT, at_ms INTEGER NOT NULL, type TEXT NOT NULL, run INTEGER,
     resource INTEGER, times INTEGER, last_ms INTEGER, detail TEXT NOT NULL);
   CREATE INDEX entry_resource ON entry (resource, id) WHERE resource IS NOT NULL;`,
  // What went wrong is rare among what was put right.
  `CREATE INDEX entry_wrong ON entry (id) WHERE ${WRONG};`,
];
/** The oldest version whose programs can go on with tables of ours. */
const READABLE_FROM = 1;

/** Why a file's tables are none that this program can read; nothing is changed. */
export function judge(database: DatabaseSync, path: string): Failure | undefined {
  const version = versionOf(database);
  const application = numberOf(database, "PRAGMA application_id");
  if (version > 0 && application === APPLICATION) {
    return version > VERSIONS.length ? newer(database, path) : undefined;
  }
  return version === 0 && application === 0 && isEmpty(database) ? undefined : foreign(path);
}

/** Brings tables that were judged to this program's version. */
export function migrate(database: DatabaseSync): void {
  const version = versionOf(database);
  if (version >= VERSIONS.length) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    for (const sql of VERSIONS.slice(version)) database.exec(sql);
    database.exec(
      `INSERT OR REPLACE INTO meta VALUES ('readable_from', ${READABLE_FROM});
       PRAGMA application_id = ${APPLICATION}; PRAGMA user_version = ${VERSIONS.length}; COMMIT`,
    );
  } catch (thrown) {
    if (database.isTransaction) database.exec("ROLLBACK");
    throw thrown;
  }
}

/** Whether there is nothing in it yet: a new one, or one whose maker was killed. */
export function isEmpty(database: DatabaseSync): boolean {
  return numberOf(database, "SELECT count(*) FROM sqlite_schema") === 0;
}

/** The one number that a statement gives. */
export function numberOf(database: DatabaseSync, sql: string): number {
  return Number(Object.values(database.prepare(sql).get() ?? {})[0] ?? 0);
}

function versionOf(database: DatabaseSync): number {
  return numberOf(database, "PRAGMA user_version");
}

/** A newer program's tables, which it says older ones can read, or not. */
function newer(database: DatabaseSync, path: string): Failure | undefined {
  const from = numberOf(database, "SELECT value FROM meta WHERE name = 'readable_from'");
  if (from > 0 && from <= VERSIONS.length) return undefined;
  return failure(`the journal ${printable(path)} is of a newer mgmt`, {
    code: "newer",
    hint: "use that version, or move the file away",
  });
}

function foreign(path: string): Failure {
  return failure(
    `the journal ${printable(path)} cannot be used: it is another program's database`,
    {
      code: "not-a-journal",
      hint: "move it away, and a new one is made",
    },
  );
}
