/** SQLite as the runtime brings it. */

export { DatabaseSync, type StatementSync } from "node:sqlite";
