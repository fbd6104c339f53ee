/**
 * The fields of a timezone resource.
 *
 * @module
 */

import { maxLength, minLength, refine, string } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";

/** What is wrong with a text that is none. */
export const ZONE_MISTAKE = "is no name of a time zone, such as Europe/Vienna or UTC";

/** Whether a time zone may have this name, as far as its letters go. */
export function isZone(text: string): boolean {
  return /^[A-Za-z0-9_+-]+(?:\/[A-Za-z0-9_+-]+)*$/.test(text);
}

export const TIMEZONE_FIELDS = defineFields({
  zone: {
    type: string().check(minLength(1), maxLength(255), refine(isZone, ZONE_MISTAKE)),
    typeText: "text",
    summary: "the time zone, by its path below /usr/share/zoneinfo",
    defaultText: "the resource's name",
  },
});

/** What a graph file says of the time zone. */
export type TimezoneFields = FieldsOf<typeof TIMEZONE_FIELDS>;
