/**
 * Reads a map of fields by their schemas.
 *
 * @module
 */

import { didYouMean } from "../base/nearest.ts";
import { holdsSecret } from "../base/secret_token.ts";
import type { FieldSchema } from "../kind/schema.ts";
import { isNothing, shown } from "./describe.ts";
import { fieldMistakes, wantsText } from "./field_issues.ts";
import type { FieldMistake } from "./field_issues.ts";
import { secretMistake, withoutSecrets } from "./secrets.ts";

/** How the fields of one map are read. */
export interface FieldRules {
  readonly schemas: Readonly<Record<string, FieldSchema>>;
  /** Keys of the map that are none of the fields and are read elsewhere. */
  readonly others: readonly string[];
  /** An empty text or 0 in an optional field means that the field is not there. */
  readonly emptyIsUnset: boolean;
  /** Some field may hold a secret. */
  readonly hasSecrets?: boolean;
  /** Better advice for some unknown keys than a similar word. */
  readonly adviceFor?: (key: string) => string | undefined;
}

/** The fields of a map that are set, as the schemas return them; mistakes are reported. */
export function readFields(
  raw: Readonly<Record<string, unknown>>,
  rules: FieldRules,
  report: (mistake: FieldMistake) => void,
): Record<string, unknown> {
  const { schemas, others, emptyIsUnset } = rules;
  const fields: Record<string, unknown> = {};
  for (const key of Object.keys(raw)) {
    if (others.includes(key)) continue;
    const schema = Object.hasOwn(schemas, key) ? schemas[key] : undefined;
    if (schema === undefined) {
      report(unknownKey(key, rules));
      continue;
    }
    const value = raw[key];
    if (isUnset(value, schema, emptyIsUnset)) continue;
    if (rules.hasSecrets && holdsSecret(value)) {
      const mistake = secretMistake(key, schema, value, schemas);
      if (mistake !== undefined) report(mistake);
      else if (hasRightShape(value, schema)) fields[key] = value;
      else report({ path: [key], message: `${key} must be ${schema.typeText}` });
      continue;
    }
    const parsed = schema.type.safeParse(value);
    if (parsed.success) fields[key] = parsed.data;
    else {for (const mistake of fieldMistakes(key, schema, parsed.error.issues, value)) {
        report(mistake);
      }}
  }
  for (const key of requiredOf(schemas)) {
    if (!Object.hasOwn(raw, key)) report({ path: ["name"], message: missing(key, schemas[key]!) });
  }
  return fields;
}

/** What a text says is judged when the values of its secrets are known. */
function hasRightShape(value: unknown, { type }: FieldSchema): boolean {
  return typeof value === "string" || type.safeParse(withoutSecrets(value)).success;
}

function isUnset(value: unknown, schema: FieldSchema, emptyIsUnset: boolean): boolean {
  if (schema.required) return false;
  if (isNothing(value)) return true;
  if (!emptyIsUnset || schema.emptyCounts) return false;
  return value === "" || (value === 0 && !isForText(schema));
}

const textSchemas = new WeakMap<FieldSchema, boolean>();

/** Whether a number in its place is a text that lacks its quotes: `owner: 0` means root. */
function isForText(schema: FieldSchema): boolean {
  let isText = textSchemas.get(schema);
  if (isText === undefined) {
    isText = schema.type.safeParse(0).error?.issues.some((issue) => wantsText(issue)) ?? false;
    textSchemas.set(schema, isText);
  }
  return isText;
}

const requiredKeys = new WeakMap<object, readonly string[]>();

/** The same for all resources of a kind, so it is worked out once. */
function requiredOf(schemas: Readonly<Record<string, FieldSchema>>): readonly string[] {
  let keys = requiredKeys.get(schemas);
  if (keys === undefined) {
    keys = Object.keys(schemas).filter((key) => schemas[key]?.required);
    requiredKeys.set(schemas, keys);
  }
  return keys;
}

function missing(key: string, schema: FieldSchema): string {
  return `${key} is missing (${schema.typeText})`;
}

function unknownKey(key: string, { schemas, others, adviceFor }: FieldRules): FieldMistake {
  const hint = adviceFor?.(key) ?? didYouMean(key, [...others, ...Object.keys(schemas)]);
  return {
    path: [key],
    part: "key",
    message: `the field ${shown(key)} is unknown`,
    ...(hint === undefined ? {} : { hint }),
  };
}
