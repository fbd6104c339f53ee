/**
 * `mgmt facts`: what is known of this host, once or as it changes.
 *
 * @module
 */

import { didYouMean } from "../../base/nearest.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { HostFacts } from "../../facts/host_facts.ts";
import type { Labels } from "../../facts/labels.ts";
import { createLocalHost } from "../../host/local.ts";
import { onSignals } from "../../os/signals.ts";
import { defaultPrefix } from "../../os/state/state_directory.ts";
import { prefixOf } from "../settings.ts";
import { type FactReadings, factsJson, factsText, factText } from "./facts_text.ts";
import { openFacts } from "./open_facts.ts";

/** What is to be shown, and how. */
export interface ShowFactsOptions {
  /** One fact, such as `os.codename`; absent: all. */
  readonly fact: string | undefined;
  readonly json: boolean;
  /** Shows what changes, until a signal comes. */
  readonly watch: boolean;
  readonly labels: Labels;
  readonly name: string | undefined;
  /** Where the agent keeps its state. */
  readonly prefix: string | undefined;
  readonly print: (text: string) => Promise<void>;
  readonly warn: (text: string) => void;
}

/** Shows facts; the failure says what is not known, or not there. */
export async function showFacts(options: ShowFactsOptions): Promise<Result<void>> {
  const { labels, name, prefix, warn, fact, watch } = options;
  const fallback = prefix === undefined ? defaultPrefix() : ok(prefix);
  const named = { ...(prefix !== undefined && { prefix }), ...(name && { hostname: name }) };
  const earlier = fallback.ok ? prefixOf(named, fallback.value) : undefined;
  const host = createLocalHost({ prefix: undefined, warn });
  const facts = await openFacts({
    labels,
    name,
    host,
    runsPrograms: true,
    isEager: true,
    only: fact?.split(".", 1)[0],
    earlier,
    warn,
  });
  try {
    const path = fact?.split(".");
    // What changes while this is printed is different from it.
    const before = readingsOf(facts, path);
    const shown = await showOnce(facts, path, options);
    if (!watch || (path === undefined && !shown.ok)) return shown;
    await showChanges(facts, path, { ...options, before });
    return ok(undefined);
  } finally {
    await facts.close();
    await host.close();
  }
}

async function showOnce(
  facts: HostFacts,
  path: readonly string[] | undefined,
  { json, print }: ShowFactsOptions,
): Promise<Result<void>> {
  if (path === undefined) {
    const all = allOf(facts);
    await print(json ? `${JSON.stringify(factsJson(all), undefined, 2)}\n` : factsText(all));
    return ok(undefined);
  }
  const reading = facts.read(path);
  const name = path.join(".");
  if (!reading.isKnown) return fail(`${name} is not known: ${reading.why}`);
  if (reading.value === undefined) {
    const hint = didYouMean(name, namesBelow(facts));
    return fail(`there is no fact ${name}`, hint === undefined ? {} : { hint });
  }
  await print(`${json ? JSON.stringify(reading.value) : factText(reading.value)}\n`);
  return ok(undefined);
}

/** Prints each fact that reads differently from before, until a signal comes. */
async function showChanges(
  facts: HostFacts,
  path: readonly string[] | undefined,
  { json, print, ...shown }: ShowFactsOptions & { readonly before: FactReadings },
): Promise<void> {
  let { before } = shown;
  let printing = Promise.resolve();
  const ended = Promise.withResolvers<void>();
  const stopListening = onSignals(() => ended.resolve());
  const show = () => {
    const now = readingsOf(facts, path);
    const names = new Set([...now.keys(), ...before.keys()]);
    const others = [...names].filter((name) =>
      JSON.stringify(now.get(name)) !== JSON.stringify(before.get(name))
    );
    before = now;
    const gone = { isKnown: true, value: undefined } as const;
    const changed = new Map(others.map((name) => [name, now.get(name) ?? gone]));
    if (changed.size === 0) return;
    const text = json ? `${JSON.stringify(changesJson(changed))}\n` : changesText(changed);
    printing = printing.then(() => print(text));
  };
  const stopWatching = facts.watch(show);
  show();
  await ended.promise;
  stopWatching();
  stopListening();
  await printing;
}

/** What is not there any more is null. */
function changesJson(changed: FactReadings): Readonly<Record<string, unknown>> {
  const gone = [...changed].filter(([, each]) => each.isKnown && each.value === undefined);
  return { ...factsJson(changed), ...Object.fromEntries(gone.map(([name]) => [name, null])) };
}

function changesText(changed: FactReadings): string {
  const gone = [...changed].filter(([, each]) => each.isKnown && each.value === undefined);
  return factsText(changed) + gone.map(([name]) => `${name}  (gone)\n`).join("");
}

function readingsOf(facts: HostFacts, path: readonly string[] | undefined): FactReadings {
  return path === undefined ? allOf(facts) : new Map([[path.join("."), facts.read(path)]]);
}

function allOf(facts: HostFacts): FactReadings {
  return new Map(facts.names().map((name) => [name, facts.read([name])]));
}

/** Names that could have been meant, also those inside of facts. */
function namesBelow(facts: HostFacts): readonly string[] {
  return [...allOf(facts)].flatMap(([name, reading]) => {
    const value = reading.isKnown ? reading.value : undefined;
    const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
    return [name, ...(isMap ? Object.keys(value).map((key) => `${name}.${key}`) : [])];
  });
}
