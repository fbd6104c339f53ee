/**
 * Field schemas: a zod schema with what help and the reference tables say of it. The type of what a
 * graph file says is made from them, so that it stands nowhere twice.
 *
 * @module
 */

import type { output, ZodMiniType } from "zod/mini";

/** One field of a kind or of `meta`. */
export interface FieldSchema<Type extends ZodMiniType = ZodMiniType> {
  readonly type: Type;
  /** The type as a reader writes it, for instance `text`, `true or false`, `exists | absent`. */
  readonly typeText: string;
  /** The same where a program in TypeScript says it, if that is different. */
  readonly programText?: string;
  /** One line for the reference. */
  readonly summary: string;
  /** The default as a reader would write it; absent for required fields and plain "unset". */
  readonly defaultText?: string;
  readonly required?: boolean;
  /** A number in its place is taken as the text that stands in the file: a mode, a version. */
  readonly asWritten?: boolean;
  /** Set where an empty text or 0 is a value; otherwise it means "unset" in kinds of which it is so. */
  readonly emptyCounts?: boolean;
  /**
   * Whether a secret may stand in it. `sensitive`: it is written somewhere, and the resource is then
   * sensitive; `given`: a command gets it, and what that prints is filtered; `instead`: why not, and what
   * to do. Absent: it may not.
   */
  readonly secret?: "sensitive" | "given" | { readonly instead: string };
}

/** Fields by name. */
export type FieldSchemas = Readonly<Record<string, FieldSchema>>;

/** Declares fields; it only keeps what {@linkcode FieldsOf} needs. */
export function defineFields<const Schemas extends FieldSchemas>(schemas: Schemas): Schemas {
  return schemas;
}

/** What a graph file says where these are the fields. */
export type FieldsOf<Schemas extends FieldSchemas> = Flat<
  & { readonly [Name in RequiredNames<Schemas>]: ValueOf<Schemas[Name]> }
  & { readonly [Name in Exclude<keyof Schemas, RequiredNames<Schemas>>]?: ValueOf<Schemas[Name]> }
>;

type RequiredNames<Schemas extends FieldSchemas> = {
  [Name in keyof Schemas]: Schemas[Name] extends { readonly required: true } ? Name : never;
}[keyof Schemas];

/** What one field may be. */
export type ValueOf<Schema extends FieldSchema> = Unchanged<output<Schema["type"]>>;

/** A value that nobody writes to. */
type Unchanged<Value> = Value extends Uint8Array ? Value
  : Value extends readonly (infer Item)[] ? readonly Unchanged<Item>[]
  : Value extends object ? { readonly [Name in keyof Value]: Unchanged<Value[Name]> }
  : Value;

/** An intersection as one type, as messages of the compiler show it. */
type Flat<Type> = { [Name in keyof Type]: Type[Name] };
