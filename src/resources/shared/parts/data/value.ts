/**
 * Values as they stand in files of data (JSON, TOML, YAML): finding one at a place, comparing, and what the
 * whole is after one was set or taken away.
 *
 * @module
 */

import { fail, ok, type Result } from "../../../../base/result.ts";

/** What a graph can say of a value. */
export type DataValue =
  | string
  | number
  | boolean
  | null
  | readonly DataValue[]
  | { readonly [key: string]: DataValue };

/** Keys and indexes, from the outside in. */
export type Place = readonly (string | number)[];

/** One change of the whole: nothing on the way to the place is missing. */
export type Change =
  | { readonly type: "set"; readonly at: Place; readonly value: DataValue }
  | { readonly type: "remove"; readonly at: Place };

/** What is at a place. */
export type FoundValue =
  | { readonly type: "there"; readonly at: Place; readonly value: unknown }
  /** `at`: the first of the place that is not there; `rest`: what comes after it. */
  | { readonly type: "missing"; readonly at: Place; readonly rest: Place };

/** Whether something is a map of a file; a date is none. */
function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** A place as a reader writes it. */
export function placeText(place: Place): string {
  let text = "";
  for (const step of place) {
    if (typeof step === "number") text += `[${step}]`;
    else if (!/^[\w-]+$/.test(step)) text += `[${JSON.stringify(step)}]`;
    else text += text === "" ? step : `.${step}`;
  }
  return text;
}

/** Looks for a place; a failure says what is in its way. */
export function findAt(whole: unknown, place: Place): Result<FoundValue> {
  const at: (string | number)[] = [];
  let value = whole;
  for (const [index, step] of place.entries()) {
    const missing = (last: string | number): Result<FoundValue> =>
      ok({ type: "missing", at: [...at, last], rest: place.slice(index + 1) });
    if (Array.isArray(value)) {
      const number = typeof step === "number" ? step : /^\d+$/.test(step) ? Number(step) : -1;
      if (number < 0) return inTheWay(at, `a list, and ${JSON.stringify(step)} is no index`);
      if (number > value.length) return inTheWay(at, `a list with only ${value.length} entries`);
      if (number === value.length) return missing(number);
      at.push(number);
      value = value[number];
      continue;
    }
    const key = String(step);
    if (value === null && at.length > 0) {
      return ok({ type: "missing", at, rest: place.slice(index) });
    }
    if (value !== null && !isMap(value)) return inTheWay(at, "neither a map nor a list");
    if (value === null || !Object.hasOwn(value, key)) return missing(key);
    at.push(key);
    value = value[key];
  }
  return ok({ type: "there", at, value });
}

function inTheWay(at: Place, what: string): Result<never> {
  const where = at.length === 0 ? "the file" : placeText(at);
  return fail(`${where} is ${what}`, {
    code: "wrong-shape",
    hint: "correct at, or set a value that stands further outside",
  });
}

/** A value inside of maps with one key each. */
export function nested(keys: Place, value: DataValue): DataValue {
  return keys.reduceRight<DataValue>((inner, key) => ({ [String(key)]: inner }), value);
}

/** The whole after a change. */
export function changed(whole: unknown, change: Change): unknown {
  const step = (value: unknown, index: number): unknown => {
    const key = change.at[index];
    if (key === undefined) return change.type === "set" ? change.value : undefined;
    const isLast = index === change.at.length - 1;
    if (Array.isArray(value)) {
      const list: unknown[] = [...value];
      if (isLast && change.type === "remove") list.splice(Number(key), 1);
      else list[Number(key)] = step(list[Number(key)], index + 1);
      return list;
    }
    const map: Record<string, unknown> = { ...(isMap(value) ? value : {}) };
    if (isLast && change.type === "remove") delete map[String(key)];
    else map[String(key)] = step(map[String(key)], index + 1);
    return map;
  };
  return step(whole, 0);
}

/** Whether two values say the same; the order of keys says nothing. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other) || (one === 0 && other === 0)) return true;
  if (typeof one !== "object" || typeof other !== "object") return false;
  if (one === null || other === null) return false;
  if (Array.isArray(one) || Array.isArray(other)) {
    return Array.isArray(one) && Array.isArray(other) && one.length === other.length &&
      one.every((each, index) => isSame(each, other[index]));
  }
  if (!isMap(one) || !isMap(other)) {
    return !isMap(one) && !isMap(other) && JSON.stringify(one) === JSON.stringify(other);
  }
  const keys = Object.keys(one);
  return keys.length === Object.keys(other).length &&
    keys.every((key) => Object.hasOwn(other, key) && isSame(one[key], other[key]));
}
