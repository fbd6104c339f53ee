/**
 * Fields that hold secrets: where they may stand, and the parameters once the values are known.
 *
 * @module
 */

import {
  hasSecret,
  holdsSecret,
  parseSecret,
  type SecretReference,
  secretWords,
  splitSecrets,
} from "../base/secret_token.ts";
import { failure, ok, type Result } from "../base/result.ts";
import type { AnyKind, ResolveContext } from "../kind/kind.ts";
import type { SecretUse } from "../kind/resource.ts";
import type { FieldSchema } from "../kind/schema.ts";
import { isMap } from "./describe.ts";
import type { FieldMistake } from "./field_issues.ts";

/** Why a secret cannot stand in a field, or what is wrong with how it is named; undefined: nothing. */
export function secretMistake(
  field: string,
  schema: FieldSchema,
  value: unknown,
  schemas: Readonly<Record<string, FieldSchema>>,
): FieldMistake | undefined {
  const { secret } = schema;
  if (typeof secret !== "string") {
    const hint = secret?.instead ?? placesText(schemas);
    return { path: [field], message: `${field} cannot hold a secret`, hint };
  }
  return tokenMistake(value, [field]);
}

/** What is wrong with a secret in something where none may stand. */
export function misplacedSecret(what: string): Pick<FieldMistake, "message"> {
  return { message: `${what} cannot hold a secret` };
}

function placesText(schemas: Readonly<Record<string, FieldSchema>>): string {
  const places = Object.keys(schemas).filter((name) => typeof schemas[name]?.secret === "string");
  return places.length === 0
    ? "no field here can; a file's content can"
    : `what can is ${places.join(", ")}`;
}

/** The first token of a value that names no secret, or stands in a key. */
function tokenMistake(
  value: unknown,
  path: readonly (string | number)[],
): FieldMistake | undefined {
  if (typeof value === "string") {
    for (const part of splitSecrets(value)) {
      if ("text" in part) {
        if (!hasSecret(part.text)) continue;
        return { path, message: "a secret that begins here does not end" };
      }
      const parsed = parseSecret(part.words);
      if (parsed.ok) continue;
      const { message, hint } = parsed.failure;
      return { path, message, ...(hint === undefined ? {} : { hint }) };
    }
    return undefined;
  }
  if (!Array.isArray(value) && !isMap(value)) return undefined;
  for (const [key, each] of Object.entries(value)) {
    const inside = [...path, Array.isArray(value) ? Number(key) : key];
    if (hasSecret(key)) return { path, ...misplacedSecret("a key") };
    const mistake = tokenMistake(each, inside);
    if (mistake !== undefined) return mistake;
  }
  return undefined;
}

/** A value with something harmless in place of its secrets, to see whether its shape is right. */
export function withoutSecrets(value: unknown): unknown {
  return mapTexts(value, (text) => hasSecret(text) ? "secret" : text);
}

function mapTexts(value: unknown, map: (text: string) => unknown): unknown {
  if (typeof value === "string") return map(value);
  if (Array.isArray(value)) return value.map((each) => mapTexts(each, map));
  if (!isMap(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, mapTexts(each, map)]),
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether a field with a secret makes the resource sensitive that has a field of that name. */
export function isMadeSensitive(fields: Fields, { fields: schemas }: AnyKind): boolean {
  return Object.hasOwn(schemas, "sensitive") &&
    Object.entries(fields).some(([field, value]) =>
      schemas[field]?.secret === "sensitive" && holdsSecret(value)
    );
}

/** What a resource with these fields has to do with secrets. */
export function secretUse(
  kind: AnyKind,
  fields: Fields,
  context: Omit<ResolveContext, "issue" | "doubt">,
): SecretUse {
  const references = secretWords(fields).flatMap((words) => {
    const parsed = parseSecret(words);
    return parsed.ok ? [parsed.value] : [];
  });
  const names = [...new Set(references.map(({ name }) => name))].sort();
  return {
    names,
    revision: 0,
    fill: (valueOf) => fill(kind, fields, context, valueOf),
  };
}

type SecretValueOf = (secret: SecretReference) => Result<Uint8Array>;

function fill(
  kind: AnyKind,
  fields: Fields,
  context: Omit<ResolveContext, "issue" | "doubt">,
  valueOf: SecretValueOf,
): Result<unknown> {
  const schemas: Readonly<Record<string, FieldSchema>> = kind.fields;
  const filled: Record<string, unknown> = { ...fields };
  let unfit: string | undefined;
  for (const [field, value] of Object.entries(fields)) {
    if (!holdsSecret(value)) continue;
    let missing: Result<never> | undefined;
    const put = mapTexts(value, (text) => {
      const made = missing ?? fillText(text, valueOf);
      if (made.ok) return made.value;
      missing = made;
      return text;
    });
    if (missing !== undefined) return missing;
    const parsed = schemas[field]?.type.safeParse(put);
    if (parsed?.success) filled[field] = parsed.data;
    else unfit ??= field;
  }
  let params: unknown;
  if (unfit === undefined) {
    const issue: ResolveContext["issue"] = ({ path }) => unfit ??= String(path[0] ?? "");
    params = kind.resolve(filled, { ...context, issue });
  }
  return unfit === undefined ? ok(params) : { ok: false, failure: misfit(unfit, fields, schemas) };
}

/** Says nothing of what the value is. */
function misfit(field: string, fields: Fields, schemas: Readonly<Record<string, FieldSchema>>) {
  const words = secretWords(fields[field] ?? fields).map((each) => `"${each}"`).join(", ");
  const type = schemas[field]?.typeText;
  return failure(`with the secret ${words} put in, ${field} is not what it must be`, {
    code: "secret-unfit",
    hint: `${type === undefined ? "" : `it must be ${type}; `}is there a line break at its end? ` +
      "NAME:trim takes it away",
  });
}

/** Text where all of it is text, else bytes. */
function fillText(text: string, valueOf: SecretValueOf): Result<string | Uint8Array> {
  if (!hasSecret(text)) return ok(text);
  const pieces: Uint8Array[] = [];
  for (const part of splitSecrets(text)) {
    if ("text" in part) {
      pieces.push(new TextEncoder().encode(part.text));
      continue;
    }
    const reference = parseSecret(part.words);
    if (!reference.ok) return reference;
    const value = valueOf(reference.value);
    if (!value.ok) return value;
    pieces.push(value.value);
  }
  const bytes = concatenated(pieces);
  try {
    return ok(new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes));
  } catch {
    return ok(bytes);
  }
}

function concatenated(pieces: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
