import type { InputReading, InputSource, JsonValue } from "../base/input.ts";
import { isJsonObject } from "../base/json.ts";
import { fail, ok, type Result } from "../base/result.ts";
import { isFactName } from "./fact_table.ts";
import { inside } from "./host_facts.ts";
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
    return fail(`${file} says no facts: it must be a map`, {
      hint: "mgmt facts --output json writes such a file",
    });
  }
  const labels = value.labels ?? {};
  const isRight = isJsonObject(labels) &&
    Object.values(labels).every((label) => typeof label === "string");
  if (!isRight) return fail(`${file}: labels must be a map of texts`);
  return ok(new FixedFacts(value as Readonly<Record<string, JsonValue>>, file));
}
