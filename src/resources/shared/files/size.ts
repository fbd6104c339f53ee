/**
 * Sizes as a graph says them: `512M`, `2G`, or a number of bytes.
 *
 * @module
 */

import { failure } from "../../../base/result.ts";
import type { Failure } from "../../../base/result.ts";

const UNITS = ["K", "M", "G", "T"];

/** What a size is written as. */
export const SIZE_PATTERN = /^([1-9][0-9]{0,12})([KMGT]?)$/;

/** Bytes of a size that is written as it should be. */
export function bytesOf(size: string | number): number {
  const [, number, unit = ""] = SIZE_PATTERN.exec(`${size}`) ?? [];
  return Number(number) * 1024 ** (UNITS.indexOf(unit) + 1);
}

/** For a reader: `1G`, `1536 bytes`. */
function sizeText(bytes: number): string {
  for (const [index, unit] of [...UNITS.entries()].reverse()) {
    const count = bytes / 1024 ** (index + 1);
    if (Number.isInteger(count) && count > 0) return `${count}${unit}`;
  }
  return `${bytes} bytes`;
}

/** The failure for more than is copied; `what` has the verb: `/a has 9 bytes`. */
export function tooLarge(what: string, maxBytes: number): Failure {
  return failure(`${what}; more than ${sizeText(maxBytes)} (max_size) is not copied`, {
    code: "too-large",
    hint: "look at what put it there, or raise max_size",
  });
}
