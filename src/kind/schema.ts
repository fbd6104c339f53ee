/**
 * Field schemas: a zod schema with what help and the reference tables say of it.
 *
 * @module
 */

import type { ZodMiniType } from "zod/mini";

/** One field of a kind or of `meta`. */
export interface FieldSchema<Value = unknown> {
  readonly type: ZodMiniType<Value>;
  /** The type as a reader writes it, for instance `text`, `true or false`, `exists | absent`. */
  readonly typeText: string;
  /** One line for the reference. */
  readonly summary: string;
  /** The default as a reader would write it; absent for required fields and plain "unset". */
  readonly defaultText?: string;
  readonly required?: boolean;
  /** Set where an empty text or 0 is a value; otherwise it means "unset" in the kinds of 2016. */
  readonly emptyCounts?: boolean;
}
