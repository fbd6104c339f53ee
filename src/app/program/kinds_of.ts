/**
 * The kinds as programs have functions for them. Said here once more, so that a program loads only those kinds that it
 * speaks of.
 *
 * @module
 */

import type { KindOfProgram } from "../../program/protocol.ts";
import type { KindName } from "../../resources/registry.ts";

/** What becomes of a resource's work when it leaves: it can be taken back, it stays, or it is over anyway. */
const WORK: Readonly<Record<KindName, "can-be-undone" | "stays" | "is-over">> = {
  file: "can-be-undone",
  line: "can-be-undone",
  ini: "can-be-undone",
  json: "can-be-undone",
  yaml: "can-be-undone",
  toml: "can-be-undone",
  download: "can-be-undone",
  archive: "can-be-undone",
  git: "can-be-undone",
  exec: "stays",
  timer: "is-over",
  noop: "is-over",
  probe: "is-over",
  msg: "is-over",
  mount: "can-be-undone",
  cron: "can-be-undone",
  svc: "can-be-undone",
  pkg: "stays",
  user: "can-be-undone",
  group: "can-be-undone",
  authorized_key: "can-be-undone",
  known_host: "can-be-undone",
  sudoers: "can-be-undone",
  hostname: "can-be-undone",
  hosts: "can-be-undone",
  timezone: "can-be-undone",
  sysctl: "can-be-undone",
  value: "is-over",
};

/** Fields that would be edges elsewhere. */
const LIKE_EDGES: Partial<Readonly<Record<string, readonly string[]>>> = { line: ["before"] };

/** In the order of the reference. */
export const KINDS_OF_PROGRAMS: readonly KindOfProgram[] = Object.entries(WORK).map(
  ([kind, work]) => ({
    kind,
    undoes: work === "can-be-undone",
    stays: work === "stays",
    fields: LIKE_EDGES[kind] ?? [],
  }),
);
