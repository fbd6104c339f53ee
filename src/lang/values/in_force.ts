/**
 * What a document comes to, to be written down: texts where its fields take the texts of numbers, and
 * numbers as they are written.
 *
 * @module
 */

import type { FieldSchemas } from "../../kind/schema.ts";
import { isMap } from "../describe.ts";
import type { GraphDocument } from "../document.ts";
import { asTexts } from "./as_texts.ts";

/** A number that says less than its text. */
export class NumberAsWritten {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** The value of a document; `fieldsOf`: of a kind, undefined: there is none. */
export function valueInForce(
  { value, written, texts }: Pick<GraphDocument, "value" | "written" | "texts">,
  { fieldsOf, metaFields }: {
    readonly fieldsOf: (kind: string) => FieldSchemas | undefined;
    readonly metaFields: FieldSchemas;
  },
): unknown {
  /** `before`: what `after` was made of. */
  const numbered = (after: unknown, before: unknown): unknown => {
    if (typeof after !== "object" || after === null || after instanceof Uint8Array) return after;
    const holder = typeof before === "object" && before !== null ? before : after;
    const own = written?.get(holder);
    const entries = Object.entries(after).map(([key, each]) => {
      const text = typeof each === "number" ? own?.get(key) : undefined;
      if (text !== undefined) return [key, new NumberAsWritten(text)] as const;
      return [key, numbered(each, (holder as Readonly<Record<string, unknown>>)[key])] as const;
    });
    return Array.isArray(after) ? entries.map(([, each]) => each) : Object.fromEntries(entries);
  };
  const entryOf = (entry: unknown, fields: FieldSchemas): unknown => {
    if (!isMap(entry)) return entry;
    const filled = asTexts(entry, fields, { texts, holder: entry });
    if (!isMap(entry.meta)) return filled;
    return { ...filled, meta: asTexts(entry.meta, metaFields, { texts, holder: entry.meta }) };
  };
  if (!isMap(value) || !isMap(value.resources)) return numbered(value, value);
  const resources = Object.entries(value.resources).map(([kind, list]) => {
    const fields = fieldsOf(kind);
    const isKnown = fields !== undefined && Array.isArray(list);
    return [kind, isKnown ? list.map((entry: unknown) => entryOf(entry, fields)) : list] as const;
  });
  return numbered({ ...value, resources: Object.fromEntries(resources) }, value);
}
