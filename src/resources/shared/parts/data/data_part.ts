/**
 * One value in a file of data, whatever the format: what a graph says of it, and what that makes of a text.
 * The text is written by the format, which only knows places in it; what it wrote must then be read as
 * what was wished, and everything else as before, or it is not written.
 *
 * @module
 */

import { fail, ok, type Result } from "../../../../base/result.ts";
import type { ResolveContext } from "../../../../kind/kind.ts";
import { type EditPart, type PartEdit, type PartParams, resolvePart } from "../part.ts";
import type { DataFields } from "./data_fields.ts";
import {
  type Change,
  changed,
  type DataValue,
  findAt,
  type FoundValue,
  isSame,
  nested,
  type Place,
  placeText,
} from "./value.ts";

/** What a text says, or where it cannot be read; lines and columns count from 1. */
export type ReadData =
  | { readonly ok: true; readonly whole: unknown }
  | {
    readonly ok: false;
    readonly line: number;
    readonly column: number;
    readonly message: string;
  };

/** How values are read from a text and written into it. */
export interface Format {
  /** What a message calls it. */
  readonly name: string;
  /** What is larger would keep the agent from all else for too long. */
  readonly mostBytes: number;
  /** An empty text is an empty map. */
  readonly read: (text: string) => ReadData;
  /** The text with a change, of which nothing else is another; undefined: not possible. */
  readonly write: (text: string, change: Change) => string | undefined;
  /** Whether what stands at a place is another value for some readers than for this one. */
  readonly isDoubtful?: (text: string, at: Place) => boolean;
}

/** What should stand there. */
export type DataWish =
  | { readonly type: "value"; readonly value: DataValue }
  | { readonly type: "item"; readonly value: DataValue }
  | { readonly type: "gone" };

/** What a resource asks for; plain data. */
export interface DataParams extends PartParams {
  readonly name: string;
  readonly at: Place;
  readonly wish: DataWish;
}

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveValue(fields: DataFields, context: ResolveContext): DataParams {
  const { at, value, item, state, create } = fields;
  const issue = (field: keyof DataFields, message: string, hint?: string) =>
    context.issue({ path: [field], message, ...(hint === undefined ? {} : { hint }) });
  const absent = state === "absent";
  if (value !== undefined && item !== undefined) issue("item", "value and item exclude each other");
  if (absent && value !== undefined) issue("value", "value is not for what should be absent");
  if (absent && create) issue("create", "create is not for what should be absent");
  if (absent && item === undefined && typeof placeOf(at).at(-1) === "number") {
    const hint = "say by item what the list should not have";
    issue("at", "what comes after an index that is gone takes its place", hint);
  }
  if (!absent && value === undefined && item === undefined) {
    issue("value", "value and item are missing", "write one of them");
  }
  return {
    name: context.name,
    ...resolvePart(fields, context),
    at: placeOf(at),
    wish: wishOf(fields),
  };
}

function placeOf(at: DataFields["at"]): Place {
  return typeof at === "string" ? at.split(".") : at;
}

function wishOf({ value, item, state }: DataFields): DataWish {
  if (item !== undefined) return { type: "item", value: item };
  return value === undefined || state === "absent" ? { type: "gone" } : { type: "value", value };
}

/** What is asked of which file. */
export function identityOfValue({ path, name, at, wish, sensitive }: DataParams): string {
  const place = `${path}: ${placeText(at)}`;
  if (wish.type !== "item") return place;
  return `${place} has ${sensitive ? `item of ${name}` : JSON.stringify(wish.value)}`;
}

/** Why two resources of one file cannot both be true. */
export function contradictionOfValues(one: DataParams, other: DataParams): string | undefined {
  return isAgainst(one, other) ?? isAgainst(other, one);
}

/** What the outer of both says of what the inner wants. */
function isAgainst(outer: DataParams, inner: DataParams): string | undefined {
  if (outer.at.length > inner.at.length || outer.wish.type === "item") return undefined;
  if (outer.at.some((step, index) => String(step) !== String(inner.at[index]))) return undefined;
  const place = placeText(inner.at);
  const whole = outer.wish.type === "value" ? outer.wish.value : undefined;
  const found = whole === undefined ? undefined : findAt(whole, inner.at.slice(outer.at.length));
  const there = found?.ok && found.value.type === "there" ? found.value.value : undefined;
  const isThere = found?.ok === true && found.value.type === "there";
  const { wish } = inner;
  const isIn = wish.type === "item" && Array.isArray(there) &&
    there.some((each) => isSame(each, wish.value));
  const agrees = wish.type === "gone"
    ? !isThere
    : wish.type === "item"
    ? isIn !== inner.absent
    : isThere && isSame(there, wish.value);
  return agrees ? undefined : `they say different things of ${place}`;
}

/** How the text of a file is changed by a resource; the format is asked for when there is one to do. */
export function editValueBy(format: () => Format): EditPart<DataParams> {
  return (bytes, params) => editValue(bytes, params, format());
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const MARK = "\ufeff";

function editValue(
  bytes: Uint8Array,
  params: DataParams,
  format: Format,
): Result<PartEdit | undefined> {
  const { path, at } = params;
  if (bytes.length > format.mostBytes) {
    return fail(
      `${path} has ${bytes.length} bytes; values are set in ${format.name} of at most ${format.mostBytes}`,
      { code: "too-large", hint: "manage the whole file with a file resource" },
    );
  }
  const text = textOf(bytes, path);
  if (!text.ok) return text;
  const mark = text.value.startsWith(MARK) ? MARK : "";
  const body = text.value.slice(mark.length);
  const read = format.read(body);
  if (!read.ok) return unreadable(path, format, read);
  const found = findAt(read.whole, at);
  if (!found.ok) {
    // What cannot be there is not there.
    if (params.absent) return ok(undefined);
    const { message, ...more } = found.failure;
    return { ok: false, failure: { ...more, message: `${path}: ${message}` } };
  }
  const wanted = changeFor(found.value, params, () => format.isDoubtful?.(body, at) ?? false);
  if (!wanted.ok || wanted.value === undefined) return wanted.ok ? ok(undefined) : wanted;
  const { change, reason } = wanted.value;
  const written = format.write(body, change);
  const again = written === undefined ? undefined : format.read(written);
  if (written === undefined || !again?.ok || !isSame(again.whole, changed(read.whole, change))) {
    return fail(`${placeText(at)} of ${path} cannot be written without what is around it`, {
      code: "cannot-edit",
      hint: "set a value that stands further outside, or write the file in a plainer way",
    });
  }
  return ok({ content: new TextEncoder().encode(mark + written), reason });
}

function textOf(bytes: Uint8Array, path: string): Result<string> {
  try {
    return ok(decoder.decode(bytes));
  } catch {
    return fail(`${path} is no text in UTF-8`, {
      code: "binary",
      hint: "manage the whole file with a file resource",
    });
  }
}

function unreadable(
  path: string,
  { name }: Format,
  { line, column, message }: Extract<ReadData, { ok: false }>,
): Result<never> {
  return fail(`${path} is not readable as ${name}: line ${line}, column ${column}: ${message}`, {
    code: "syntax",
    hint: "correct the file, or manage all of it with a file resource",
  });
}

interface WantedChange {
  readonly change: Change;
  readonly reason: string;
}

/** What has to change; undefined: nothing. */
function changeFor(
  found: FoundValue,
  { path, at, wish, absent }: DataParams,
  isDoubtful: () => boolean,
): Result<WantedChange | undefined> {
  const place = placeText(at);
  switch (wish.type) {
    case "gone":
      return ok(
        found.type === "missing" ? undefined : {
          change: { type: "remove", at: found.at },
          reason: `${place} is there and should not be`,
        },
      );
    case "item":
      return changeForItem(found, wish.value, { path, place, absent });
    case "value": {
      if (found.type === "missing") {
        const value = nested(found.rest, wish.value);
        return ok({
          change: { type: "set", at: found.at, value },
          reason: `${place} is not there`,
        });
      }
      const isRight = isSame(found.value, wish.value) &&
        !(typeof wish.value === "string" && isDoubtful());
      if (isRight) return ok(undefined);
      return ok({
        change: { type: "set", at: found.at, value: wish.value },
        reason: `${place} differs`,
      });
    }
  }
}

function changeForItem(
  found: FoundValue,
  item: DataValue,
  { path, place, absent }: {
    readonly path: string;
    readonly place: string;
    readonly absent: boolean;
  },
): Result<WantedChange | undefined> {
  if (found.type === "missing" || found.value === null) {
    if (absent) return ok(undefined);
    const value = found.type === "missing" ? nested(found.rest, [item]) : [item];
    return ok({ change: { type: "set", at: found.at, value }, reason: `${place} is not there` });
  }
  if (!Array.isArray(found.value)) {
    return fail(`${place} of ${path} is no list`, {
      code: "wrong-shape",
      hint: "item is for a list; write value",
    });
  }
  const index = found.value.findIndex((each) => isSame(each, item));
  if (absent) {
    if (index < 0) return ok(undefined);
    const change: Change = { type: "remove", at: [...found.at, index] };
    return ok({ change, reason: `${place} has an item that it should not have` });
  }
  if (index >= 0) return ok(undefined);
  const change: Change = { type: "set", at: [...found.at, found.value.length], value: item };
  return ok({ change, reason: `an item of ${place} is not there` });
}
