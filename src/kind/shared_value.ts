/**
 * What hosts let each other know: values by a name, which travel as exports of a kind of their own.
 *
 * @module
 */

import type { JsonValue } from "../base/input.ts";
import type { CollectRule, Export } from "./export.ts";

/** The kind of such exports. */
export const VALUE_KIND = "value";

/** What a host says of itself to programs: its labels. */
export const ABOUT_KEY = "@host";

/** What it says of itself to whoever looks at graphs as that host: its facts. Nothing follows it. */
export const FACTS_KEY = "@facts";

/** Whether no graph may share something by that name. */
export function isReservedKey(key: string): boolean {
  return key.startsWith("@");
}

/** A value as an export. */
export function valueExport(key: string, value: JsonValue): Export {
  return { kind: VALUE_KIND, name: key, fields: { value } };
}

/** The value of such an export; it is data from elsewhere. Undefined: it is none. */
export function valueOf({ kind, fields }: Export): JsonValue | undefined {
  return kind === VALUE_KIND && Object.hasOwn(fields, "value") ? fields["value"] : undefined;
}

/** Takes the values that hosts share by that name. */
export function valueRule(key: string): CollectRule {
  return { kind: VALUE_KIND, name: key, allow: [], owner: false, withdrawn: "keep" };
}
