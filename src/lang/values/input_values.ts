/**
 * What names stand for that the graph itself does not say, and what is said where they stand for nothing.
 *
 * @module
 */

import type { InputReading } from "../../base/input.ts";
import { didYouMean } from "../../base/nearest.ts";
import { holdsSecret } from "../../base/secret_token.ts";
import type { ValueScope } from "./scope.ts";
import { sizeOf } from "./value_size.ts";

/** What values can be read from besides those that the graph says. */
export interface ValueInputs {
  /** The first words of their names, such as `host`. */
  readonly families: readonly string[];
  /** What one says now. */
  read(path: readonly string[]): InputReading;
  /** Resolves when more is known of what was read; false: nothing of it is being learned. */
  learn?(): Promise<boolean>;
  /** Names that could have been meant. */
  readonly names: readonly string[];
}

/** Why there is no value. */
export interface ValueProblem {
  readonly message: string;
  readonly hint?: string | undefined;
}

/** What a name stands for. */
export interface Resolved {
  readonly value: unknown;
  /** A number as it is written, where that says more. */
  readonly written?: string | undefined;
  /** How much room it takes. */
  readonly size: number;
}

/** What an input of that name says, or why it says nothing. */
export function inputValue(
  inputs: ValueInputs,
  name: readonly string[],
): Resolved | { readonly problem: ValueProblem } {
  const text = name.join(".");
  const [family, ...below] = name;
  if (below.length === 0) {
    const message = `${family} is much: name one of its facts`;
    return { problem: { message, hint: "for instance ${host.name}; mgmt facts lists them" } };
  }
  const reading = inputs.read(name);
  if (!reading.isKnown) {
    return { problem: { message: `${text} is not known: ${reading.why}` } };
  }
  // Also a part of what stands for one, which a text could put together again.
  if (holdsSecret(reading.value) || JSON.stringify(reading.value ?? "").includes("\\u0000")) {
    const message = `${text} holds what stands for a secret, which only a graph may say`;
    return { problem: { message } };
  }
  if (reading.value !== undefined) {
    return { value: reading.value, size: sizeOf(reading.value) };
  }
  const [first, label] = below;
  if (family === "host" && first === "labels" && label !== undefined) {
    const message = `this host has no label ${label}`;
    const hint = `give it one: --label ${label}=…, or a line in a file of /etc/mgmt/labels.d`;
    return { problem: { message, hint } };
  }
  const hint = didYouMean(text, inputs.names) ?? "mgmt facts lists what there is";
  return { problem: { message: `there is no ${text}`, hint } };
}

/** That there is nothing of that name, and what was probably meant. */
export function unknownValue(
  name: string,
  { scope, inputs }: { readonly scope: ValueScope; readonly inputs: ValueInputs },
): ValueProblem {
  const places = scope.places();
  if (places.has(name)) {
    const hint = "a dot in a key cannot be named: rename the key, or put the whole map in";
    return { message: `there is no value ${name}`, hint };
  }
  const all = [...places.keys(), ...inputs.names];
  const ending = inputs.names.find((each) => each.endsWith(`.${name}`));
  const hint = (ending && `did you mean "${ending}"?`) ?? didYouMean(name, all) ??
    "it belongs below values:; a ${ as it stands is written $${";
  return { message: `there is no value ${name}`, hint };
}
