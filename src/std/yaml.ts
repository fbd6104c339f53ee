/**
 * What we use of `@std/yaml`, with its names and signatures, on js-yaml 4, of which it is a port.
 *
 * @module
 */

// @ts-types="npm:@types/js-yaml@4.0.9"
import * as jsYaml from "js-yaml";

/** Which types plain scalars have: `failsafe` none, `json` and `core` YAML 1.2's, `default` more. */
export type SchemaType = "failsafe" | "json" | "core" | "default";

/** Options of {@linkcode parse}. */
export interface ParseOptions {
  schema?: SchemaType;
  /** The last of two equal keys wins; without it they are an error. */
  allowDuplicateKeys?: boolean;
  onWarning?(error: Error): void;
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
  const { schema = "default", allowDuplicateKeys = false, onWarning } = options;
  try {
    const value = jsYaml.load(content, {
      schema: SCHEMAS[schema],
      json: allowDuplicateKeys,
      ...(onWarning === undefined ? {} : { onWarning }),
    });
    return value === undefined ? null : value;
  } catch (error) {
    if (!(error instanceof jsYaml.YAMLException)) throw error;
    throw new SyntaxError(error.message, { cause: error });
  }
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
