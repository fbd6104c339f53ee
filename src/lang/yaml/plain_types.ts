/**
 * What a plain scalar means: the core schema of YAML 1.2, `!!binary`, and `!secret`. Every parser that reads values
 * is given these, since what parsers bring with them is another version's (`0644` would be 420).
 *
 * @module
 */

import type { ImplicitType } from "@std/yaml/unstable-parse";
import { secretToken } from "../../base/secret_token.ts";

const INTEGER = /^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+)$/;
const FLOAT =
  /^(?:[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$/;
const BASE64 = /^[A-Za-z0-9+/\r\n]*=*[=\r\n]*$/;

/** Whether a plain scalar can be a number at all: most are not, and this is cheap. */
function startsLikeNumber(text: unknown): text is string {
  if (typeof text !== "string" || text.length === 0) return false;
  const code = text.charCodeAt(0);
  return (code >= 0x30 && code <= 0x39) || code === 0x2b || code === 0x2d || code === 0x2e;
}

/** A number that says less than its text: `0644`, `0o644`, `1.10`. */
export class WrittenNumber extends Number {
  readonly text: string;

  constructor(value: number, text: string) {
    super(value);
    this.text = text;
  }
}

function toInteger(text: string): number {
  return /^0[ox]/.test(text) ? Number(text) : parseInt(text, 10);
}

function toFloat(text: string): number {
  const word = text.toLowerCase();
  if (word === ".nan") return NaN;
  if (word.endsWith(".inf")) return word.startsWith("-") ? -Infinity : Infinity;
  return parseFloat(word);
}

function isBase64(text: unknown): boolean {
  return typeof text === "string" && BASE64.test(text) &&
    text.replace(/[\r\n]/g, "").length % 4 === 0;
}

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

function scalar(
  name: string,
  resolve: (text: unknown) => boolean,
  construct: (text: string) => unknown,
): ImplicitType {
  return { tag: `tag:yaml.org,2002:${name}`, kind: "scalar", resolve, construct };
}

/**
 * In the order in which they are tried, on a schema that has none. What is none of the first four is
 * text, so that what comes after is for tags only. `kept` hears of each number that keeps its text.
 */
export function plainTypes(kept: () => void = () => {}): readonly ImplicitType[] {
  const written = (value: number, text: string) => {
    if (String(value) === text) return value;
    kept();
    return new WrittenNumber(value, text);
  };
  return [
    NULL,
    BOOLEAN,
    scalar(
      "int",
      (text) => startsLikeNumber(text) && INTEGER.test(text),
      (text) => written(toInteger(text), text),
    ),
    scalar(
      "float",
      (text) => startsLikeNumber(text) && FLOAT.test(text),
      (text) => written(toFloat(text), text),
    ),
    TEXT,
    BINARY,
    SECRET,
  ];
}

const NULL = scalar(
  "null",
  (text) => text === null || text === "~" || text === "null" || text === "Null" || text === "NULL",
  () => null,
);
const BOOLEAN = scalar(
  "bool",
  (text) => typeof text === "string" && /^(?:true|True|TRUE|false|False|FALSE)$/.test(text),
  (text) => text.charCodeAt(0) === 0x74 || text.charCodeAt(0) === 0x54,
);
const TEXT = scalar("str", (text) => typeof text === "string", (text) => text);
const BINARY = scalar("binary", isBase64, toBytes);
/** `!secret NAME`: the token that stands for its value; whether the name is a good one is judged later. */
const SECRET: ImplicitType = {
  tag: "!secret",
  kind: "scalar",
  resolve: (text: unknown) => typeof text === "string",
  construct: (text: string) => secretToken(text.trim()),
};
