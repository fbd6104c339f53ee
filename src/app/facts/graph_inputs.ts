/**
 * What graphs may depend on besides their text. It is opened when the first graph asks for it, so that
 * those that ask for nothing cost nothing.
 *
 * @module
 */

import type { InputReading, InputSource } from "../../base/input.ts";
import type { FixedFacts } from "../../facts/fixed_facts.ts";
import type { HostFacts } from "../../facts/host_facts.ts";
import type { RunSettings } from "../settings.ts";
import type { FactsOptions } from "./open_facts.ts";

/** The inputs of all graphs of a run. */
export interface GraphInputs {
  /** Opens them; the same each time. */
  open(): Promise<OpenInputs>;
  /** Whether a graph has had them opened. */
  readonly isOpen: boolean;
  /** Calls back when that is so. */
  whenOpen(opened: () => void): void;
  /** Ends all watches; resolves when nothing of them is left. */
  close(): Promise<void>;
}

/** Inputs that can be read. */
export interface OpenInputs {
  /** By the first words of their paths. */
  readonly sources: Readonly<Record<string, InputSource>>;
  /** Names that can be meant, such as `host.name`. */
  readonly names: readonly string[];
  /** What others may be told of this host; absent: it is of another. */
  readonly shareable?: () => ReadonlyMap<string, InputReading>;
}

/** The facts of this host. */
function hostInputs(options: FactsOptions): GraphInputs {
  let facts: Promise<HostFacts> | undefined;
  const isOpen = Promise.withResolvers<void>();
  return {
    get isOpen() {
      return facts !== undefined;
    },
    whenOpen: (opened) => void isOpen.promise.then(opened),
    open: async () => {
      facts ??= import("./open_facts.ts").then(({ openFacts }) => openFacts(options));
      const host = await facts;
      isOpen.resolve();
      const { OS_PARTS } = await import("../../facts/fact_table.ts");
      const names = [...host.names(), ...OS_PARTS].map((name) => `host.${name}`);
      return { sources: { host }, names, shareable: () => host.shareable() };
    },
    close: async () => {
      const opened = await facts;
      await opened?.close();
    },
  };
}

/** What the graph of a run may ask for. A plan runs no program, and is perhaps for another host. */
export function inputsOfRun(
  { labels = new Map(), hostname: name, plan, facts }: {
    readonly [Name in "labels" | "hostname" | "plan" | "facts"]?: RunSettings[Name] | undefined;
  },
  parts: Pick<FactsOptions, "host" | "prefix" | "earlier" | "warn">,
): GraphInputs {
  return facts === undefined
    ? hostInputs({ ...parts, labels, name, runsPrograms: plan === undefined })
    : fixedInputs(facts.with({ name, labels }));
}

/** The facts that a file says of a host. */
function fixedInputs(facts: FixedFacts): GraphInputs {
  const names = facts.names.map((name) => `host.${name}`);
  return {
    open: () => Promise.resolve({ sources: { host: facts }, names }),
    isOpen: true,
    whenOpen: () => {},
    close: () => Promise.resolve(),
  };
}
