/**
 * What is taken of a file that another host offers: content, state and a plain mode, in a place that
 * the own graph names.
 *
 * @module
 */

import { normalize } from "node:path";
import type { FieldIssue } from "../../kind/kind.ts";
import { resolvePath } from "../shared/files/path.ts";
import type { CollectRule, Export, HostExport, Plain, Received } from "../../kind/export.ts";

/** Fields that only say where and whether; they are read here. */
const PLACE_FIELDS = ["path", "dirname", "basename"];
const TAKEN_FIELDS = ["content", "state", "if_exists"];
const OWNER_FIELDS = ["owner", "group"];

/** Permission bits without setuid, setgid and sticky. */
const PLAIN_MODE = /^(?:0o?)?[0-7]{3}$/;

/** Longest name of a file. */
const NAME_BYTES = 255;

/** From an offer to the fields of a file here. */
export function receiveFile(offer: HostExport, rule: CollectRule): Received {
  const said = pathOf(offer);
  if (said === undefined) return { ok: false, reason: "it says no absolute path" };
  const path = rule.pattern === undefined ? allowedPath(said, rule) : placed(said, rule.pattern);
  const obstacle = obstacleOf(offer, said);
  const place = path === undefined ? {} : { place: resolvePath("/", path) };
  if (obstacle !== undefined) return { ok: false, reason: obstacle.why, ...place };
  if (path === undefined) return { ok: false };
  if (offer.withdrawn === true) {
    return { ok: true, fields: { path, state: "absent" }, dropped: [], ...place };
  }
  const fields: Record<string, unknown> = { path };
  const dropped: string[] = [];
  for (const [field, value] of Object.entries(offer.fields)) {
    if (PLACE_FIELDS.includes(field)) continue;
    const taken = take(field, value, rule);
    if (taken === undefined) dropped.push(field);
    else fields[field] = taken;
  }
  return { ok: true, fields, dropped, ...place };
}

/** What the exporter should know of a file that it offers. */
export function offerIssue(offer: Export): FieldIssue | undefined {
  const said = pathOf(offer);
  const obstacle = said === undefined ? undefined : obstacleOf(offer, said);
  if (obstacle === undefined) return undefined;
  return {
    path: obstacle.field in offer.fields ? [obstacle.field] : [],
    message: `it is exported, but no host can take it: ${obstacle.why}`,
    hint: "export a file with its content; a directory, a link or a copy is made by its own host",
  };
}

/** Why nobody can take it: without its content or its target it would be another file. */
function obstacleOf({ fields }: Export, path: string): { field: string; why: string } | undefined {
  if (path.endsWith("/")) return { field: "path", why: "it is a directory" };
  if (isSet(fields["target"])) return { field: "target", why: "it is a link" };
  if (isSet(fields["fragments"])) {
    return { field: "fragments", why: "its fragments are files of its host" };
  }
  if (!isSet(fields["source"])) return undefined;
  return { field: "source", why: "its source is a file of its host" };
}

/** An empty text means unset. */
function isSet(value: Plain | undefined): boolean {
  return value !== undefined && value !== null && value !== "";
}

/** The name alone, in the directory of the rule; undefined: it is no name of a file. */
function placed(path: string, directory: string): string | undefined {
  const name = path.slice(path.lastIndexOf("/") + 1);
  return isFileName(name) ? `${directory}${name}` : undefined;
}

function allowedPath(path: string, { allow }: CollectRule): string | undefined {
  const plain = normalize(path);
  const allowed = allow.some((place) =>
    place.endsWith("/") ? plain.startsWith(place) && plain !== place : plain === place
  );
  return allowed && isFileName(plain.slice(plain.lastIndexOf("/") + 1)) ? plain : undefined;
}

function isFileName(name: string): boolean {
  return name !== "" && name !== "." && name !== ".." && !name.includes("\0") &&
    new TextEncoder().encode(name).length <= NAME_BYTES;
}

function pathOf({ name, fields }: Export): string | undefined {
  const { path, dirname, basename } = fields;
  if (typeof dirname === "string" && typeof basename === "string") {
    return absolute(`${dirname}/${basename}`);
  }
  return absolute(typeof path === "string" ? path : name);
}

function absolute(path: string): string | undefined {
  return path.startsWith("/") && !path.includes("\0") ? path : undefined;
}

function take(field: string, value: Plain, rule: CollectRule): unknown {
  if (field === "content") return bytesOr(value);
  if (TAKEN_FIELDS.includes(field)) return value;
  // It may only make the handling stricter.
  if (field === "sensitive") return value === true ? true : undefined;
  if (field === "mode") {
    return typeof value === "string" && PLAIN_MODE.test(value) ? value : undefined;
  }
  return rule.owner && OWNER_FIELDS.includes(field) ? value : undefined;
}

function bytesOr(value: Plain): unknown {
  if (typeof value !== "object" || value === null || !("bytes" in value)) return value;
  if (typeof value.bytes !== "string") return undefined;
  try {
    return Uint8Array.from(atob(value.bytes), (letter) => letter.charCodeAt(0));
  } catch {
    return undefined;
  }
}
