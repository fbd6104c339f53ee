import type { InputReading, InputSource, JsonValue } from "../base/input.ts";
import { isJsonObject } from "../base/json.ts";
import { nearest } from "../base/nearest.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { FACTS, isFactName } from "./fact_table.ts";
import { inside } from "./host_facts.ts";
import type { Labels } from "./labels.ts";
import { known, notKnown } from "./machine.ts";

/** The key under which a file says what was not known of its host, and why. */
export const NOT_KNOWN = "notKnown";

/** Facts of a host as a file says them, whichever host that is. */
export class FixedFacts implements InputSource {
  readonly #values: Readonly<Record<string, JsonValue>>;
  readonly #file: string;

  constructor(values: Readonly<Record<string, JsonValue>>, file: string) {
    this.#values = values;
    this.#file = file;
  }

  /** The same of a host that was given this name and these labels, which count more. */
  with({ name, labels }: {
    readonly name: string | undefined;
    readonly labels: Labels;
  }): FixedFacts {
    if (name === undefined && labels.size === 0) return this;
    const values = { ...this.#values, ...(name !== undefined && { name }) };
    if (labels.size === 0) return new FixedFacts(values, this.#file);
    const { labels: said } = this.#values;
    const before = isJsonObject(said) ? said : {};
    const all = { ...before, ...Object.fromEntries(labels) } as JsonValue;
    return new FixedFacts({ ...values, labels: all }, this.#file);
  }

  /** What each host has, and the file leaves out, is not known. */
  read([name, ...below]: readonly string[]): InputReading {
    if (name === undefined) return known(this.#values);
    if (Object.hasOwn(this.#values, name)) return inside(known(this.#values[name]), below);
    const why = inside(known(this.#values), [NOT_KNOWN, name]);
    if (why.isKnown && typeof why.value === "string") return notKnown(why.value);
    return isFactName(name) ? notKnown(`${this.#file} does not say it`) : known(undefined);
  }

  /** The name of the host, where the file says it. */
  get name(): string | undefined {
    const { name } = this.#values;
    return typeof name === "string" ? name : undefined;
  }

  /** What it says something of. */
  get names(): readonly string[] {
    return Object.keys(this.#values).filter((name) => name !== NOT_KNOWN);
  }

  watch(): () => void {
    return () => {};
  }
}

/** Takes what a file says, as `mgmt facts --output json` writes it. */
export function fixedFacts(value: unknown, file: string): Result<FixedFacts> {
  if (!isJsonObject(value)) {
    return fail(`${file} says no facts: it must be a map`, { hint: HINT });
  }
  const mistaken = unknownWord(Object.keys(value));
  if (mistaken !== undefined) return fail(`${file}: ${mistaken.message}`, { hint: mistaken.hint });
  const labels = value.labels ?? {};
  const isRight = isJsonObject(labels) &&
    Object.values(labels).every((label) => typeof label === "string");
  if (!isRight) return fail(`${file}: labels must be a map of texts`);
  return ok(new FixedFacts(value as Readonly<Record<string, JsonValue>>, file));
}

const HINT = "mgmt facts --output json writes such a file";
const OWN_FACT = /^[A-Za-z][\w-]*$/;

/** Own facts may be called anything: a word is a mistake where a fact that is not there is meant by it. */
function unknownWord(
  words: readonly string[],
): { readonly message: string; readonly hint: string } | undefined {
  const known = new Set([...Object.keys(FACTS), "labels", NOT_KNOWN]);
  const missing = [...known].filter((name) => !words.includes(name));
  for (const word of words) {
    if (known.has(word)) continue;
    const meant = nearest(word, missing);
    const message = `there is no fact ${word}`;
    if (meant !== undefined) return { message, hint: `did you mean "${meant}"?` };
    if (!OWN_FACT.test(word)) return { message, hint: HINT };
  }
  if (words.some((word) => known.has(word))) return undefined;
  const [first] = words;
  const message = first === undefined
    ? "it says no facts"
    : `it says no facts of a host (such as name or os), only ${first}`;
  return { message, hint: HINT };
}
