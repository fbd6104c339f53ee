import type { InputReading, JsonValue } from "../../base/input.ts";
import { printable } from "../../base/printable.ts";
import { NOT_KNOWN } from "../../facts/fixed_facts.ts";

/** Facts by their names, in order. */
export type FactReadings = ReadonlyMap<string, InputReading>;

/** All facts as one object: what is not known stands beside the others, with the reason. */
export function factsJson(facts: FactReadings): Readonly<Record<string, JsonValue>> {
  const values: Record<string, JsonValue> = {};
  const unknown: Record<string, string> = {};
  for (const [name, reading] of facts) {
    if (!reading.isKnown) unknown[name] = reading.why;
    else if (reading.value !== undefined) values[name] = reading.value;
  }
  return Object.keys(unknown).length === 0 ? values : { ...values, [NOT_KNOWN]: unknown };
}

/** All facts, a line for each value. */
export function factsText(facts: FactReadings): string {
  const rows = [...facts].flatMap(([name, reading]) =>
    reading.isKnown
      ? reading.value === undefined ? [] : flat(name, reading.value)
      : [[name, `(not known: ${reading.why})`] as const]
  );
  const width = rows.reduce((most, [name]) => Math.max(most, name.length), 0);
  return rows.map(([name, text]) =>
    `${printable(name).padEnd(width)}  ${printable(text)}`.trimEnd() + "\n"
  ).join("");
}

/** The value of a fact by itself: a text as it is. */
export function factText(value: JsonValue): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function flat(name: string, value: JsonValue): (readonly [string, string])[] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    const list = Array.isArray(value) && value.every((each) => typeof each === "string");
    return [[name, list ? value.join(", ") : factText(value)]];
  }
  return Object.entries(value).flatMap(([key, each]) => flat(`${name}.${key}`, each));
}
