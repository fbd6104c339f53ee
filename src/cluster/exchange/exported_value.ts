/**
 * What is stored for one exported resource, and what is believed of what others stored.
 *
 * @module
 */

import { isJsonObject, parseJson } from "../../base/json.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { isHeader } from "../../kind/meta.ts";
import {
  type Export,
  EXPORT_VERSION,
  type ExportCause,
  type HostExport,
  storedExport,
} from "../../kind/export.ts";
import { parseKey } from "../store/keys.ts";

/** The value for an offer of the host with this id. */
export function exportedValue(hostId: string, offer: Export): Result<string> {
  const value = storedExport(hostId, offer);
  if (value.length <= LIMITS.exportedBytes) return ok(value);
  return fail(
    `it has ${value.length} bytes, more than ${LIMITS.exportedBytes} cannot be exported`,
    {
      code: "too-large",
    },
  );
}

/** Reads an entry back; undefined: not written by a host that keeps to the rules. */
export function readExported(key: string, value: string): HostExport | undefined {
  const parsed = parseKey(key);
  if (parsed?.type !== "exported" || value.length > LIMITS.exportedBytes) return undefined;
  const data = parseJson(value);
  if (!isJsonObject(data) || data["version"] !== EXPORT_VERSION) return undefined;
  const { id, fields } = data;
  if (typeof id !== "string" || !isJsonObject(fields)) return undefined;
  const { host, kind, name } = parsed;
  const { header } = data;
  const headed = isHeader(header) ? { header } : {};
  const restored = data["restored"] === true ? { restored: true } as const : {};
  const cause = causeOf(data["cause"]);
  return {
    host,
    hostId: id,
    kind,
    name,
    ...(cause && { cause }),
    ...restored,
    ...headed,
    fields: fields as HostExport["fields"],
  };
}

function causeOf(value: unknown): ExportCause | undefined {
  if (!isJsonObject(value)) return undefined;
  const { text } = value;
  if (typeof text !== "string" || text.length > LIMITS.exportCauseLength) return undefined;
  return { text };
}

/** Of the fields of an offer what is needed to remove it: of a file only its place matters. */
export function withoutContent(fields: Export["fields"]): Export["fields"] {
  const { content: _, ...rest } = fields;
  return rest;
}
