/**
 * Whether what JSON of somebody else says is what it should be.
 *
 * @module
 */

import { isTime } from "./age.ts";
import { isJsonObject } from "./json.ts";

/** Whether a value is of a form. */
export type ShapeCheck = (value: unknown) => boolean;

export const isText: ShapeCheck = (value) => typeof value === "string";
export const isNumber: ShapeCheck = (value) => typeof value === "number";
export const isFlag: ShapeCheck = (value) => typeof value === "boolean";
/** A moment in milliseconds since 1970 that a date can have. */
export const isMoment: ShapeCheck = (value) => typeof value === "number" && isTime(value);

/** That, or nothing. */
export function ifThere(shape: ShapeCheck): ShapeCheck {
  return (value) => value === undefined || shape(value);
}

/** A list of such. */
export function listOf(shape: ShapeCheck): ShapeCheck {
  return (value) => Array.isArray(value) && value.every(shape);
}

/** An object with such a value for every name. */
export function mapOf(shape: ShapeCheck): ShapeCheck {
  return (value) => isJsonObject(value) && Object.values(value).every(shape);
}

/** An object with these fields, and perhaps others. */
export function objectWith(fields: Readonly<Record<string, ShapeCheck>>): ShapeCheck {
  return (value) => isJsonObject(value) && oddField(value, fields) === undefined;
}

/** The name of the first field that is not of its form; undefined: all are. */
export function oddField(
  value: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, ShapeCheck>>,
): string | undefined {
  return Object.keys(fields).find((name) => !fields[name]!(value[name]));
}
