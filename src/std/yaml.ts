/**
 * What we use of `@std/yaml` and its `@std/yaml/unstable-parse`, with their names and signatures, on
 * js-yaml 4, of which it is a port.
 *
 * @module
 */

// @ts-types="npm:@types/js-yaml@4.0.9"
import * as jsYaml from "js-yaml";

/** Which types plain scalars have: `failsafe` none, `json` and `core` YAML 1.2's, `default` more. */
export type SchemaType = "failsafe" | "json" | "core" | "default";

/** A type of scalars; `resolve` says whether a text, or null for none, is one. */
export interface ImplicitType {
  tag: string;
  kind: "scalar";
  resolve: (data: unknown) => boolean;
  construct: (data: string) => unknown;
}

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  schema?: SchemaType;
  /** The last of two equal keys wins; without it they are an error. */
  allowDuplicateKeys?: boolean;
  onWarning?(error: Error): void;
  /** Tried before those of the schema; an option of `@std/yaml/unstable-parse`. */
  extraTypes?: ImplicitType[];
}

/** Options of {@linkcode stringify}. */
export interface StringifyOptions {
  schema?: SchemaType;
  indent?: number;
  lineWidth?: number;
  /** Leaves out what YAML cannot say instead of throwing. */
  skipInvalid?: boolean;
  sortKeys?: boolean;
  /** Writes an object that occurs again as an alias of the first; the default. */
  useAnchors?: boolean;
}

const SCHEMAS = {
  failsafe: jsYaml.FAILSAFE_SCHEMA,
  json: jsYaml.JSON_SCHEMA,
  core: jsYaml.CORE_SCHEMA,
  default: jsYaml.DEFAULT_SCHEMA,
} as const;

/** The value of a YAML text with one document; throws a SyntaxError where it is none. */
export function parse(content: string, options: ParseOptions = {}): unknown {
  const { schema = "default", allowDuplicateKeys = false, extraTypes, onWarning } = options;
  try {
    const value = jsYaml.load(content, {
      schema: extraTypes === undefined ? SCHEMAS[schema] : withTypes(SCHEMAS[schema], extraTypes),
      json: allowDuplicateKeys,
      ...(onWarning === undefined ? {} : { onWarning }),
    });
    return value === undefined ? null : value;
  } catch (error) {
    if (!(error instanceof jsYaml.YAMLException)) throw error;
    throw new SyntaxError(error.message, { cause: error });
  }
}

/** js-yaml would try what a schema is extended by after what it has. */
function withTypes(schema: jsYaml.Schema, types: readonly ImplicitType[]): jsYaml.Schema {
  const { implicit = [], explicit = [] } = schema as unknown as Partial<
    Record<"implicit" | "explicit", (jsYaml.Type & ImplicitType)[]>
  >;
  const extra = types.map(({ tag, ...type }) => new jsYaml.Type(tag, type));
  const others = implicit.filter(({ tag }) => !types.some((type) => type.tag === tag));
  return jsYaml.FAILSAFE_SCHEMA.extend({ implicit: [...extra, ...others], explicit });
}

/** A value as YAML text; throws a TypeError where YAML cannot say it. */
export function stringify(data: unknown, options: StringifyOptions = {}): string {
  const { schema = "default", useAnchors = true, ...same } = options;
  try {
    return jsYaml.dump(data, { ...same, schema: SCHEMAS[schema], noRefs: !useAnchors });
  } catch (error) {
    if (!(error instanceof jsYaml.YAMLException)) throw error;
    throw new TypeError(error.message, { cause: error });
  }
}
