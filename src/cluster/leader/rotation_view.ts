/**
 * From what the leader has read to what it decides from where the authority is replaced. Since when a host
 * has been away is remembered here, by the leader's own clock, from what the record says of it on.
 *
 * @module
 */

import { parseKey } from "../store/keys.ts";
import { rotationKey } from "../store/rotation_keys.ts";
import { read, type RotationRecord, type TrustRecord } from "../store/records.ts";
import type { StoreEntry } from "../store/store.ts";
import { nextRestart } from "./rolling.ts";
import type { KeyAsked, RotationHost, RotationView } from "./rotation.ts";
import type { View } from "./view.ts";

/** What there is of one host. */
interface Traces {
  live: boolean;
  id?: string;
  trust?: TrustRecord;
}

/** The record of it, with its revision; undefined: there is none that can be read. */
export function rotationIn(
  entries: readonly StoreEntry[],
): { readonly record: RotationRecord; readonly revision: number } | undefined {
  const entry = entries.find(({ key }) => key === rotationKey());
  const record = read.rotation(entry?.value);
  return entry && record && { record, revision: entry.modRevision };
}

/** Since when hosts have been away. */
export class Absences {
  #since = new Map<string, { readonly at: number; readonly patience: number | undefined }>();

  /** Counts on for those that are, anew where that was written down (`patience`), and forgets all others. */
  take(
    away: readonly string[],
    patience: Readonly<Record<string, number>>,
    now: number,
  ): ReadonlyMap<string, number> {
    this.#since = new Map(away.map((host) => {
      const before = this.#since.get(host);
      const goesOn = before !== undefined && before.patience === patience[host];
      return [host, goesOn ? before : { at: now, patience: patience[host] }];
    }));
    return new Map([...this.#since].map(([host, { at }]) => [host, at]));
  }
}

/** Makes the view. */
export function rotationView(
  record: RotationRecord,
  entries: readonly StoreEntry[],
  view: View,
  absences: Absences,
  now: number,
): RotationView {
  // Afterwards a host that was forgotten is none.
  const traces = tracesIn(entries, record.step === "done" ? [] : record.known ?? []);
  for (const { host } of view.members) if (host !== undefined) traceOf(traces, host);
  const away = [...traces].filter(([, { live }]) => !live).map(([host]) => host);
  const since = absences.take(away, record.patience ?? {}, now);
  const members = new Set(view.members.map(({ host }) => host));
  const hosts = [...traces].map(([host, trace]): RotationHost => {
    const awaySince = since.get(host);
    return {
      host,
      ...trace,
      isMember: members.has(host),
      ...(awaySince === undefined ? {} : { awaySince }),
    };
  });
  const countOf = (type: string) =>
    entries.filter(({ key }) => parseKey(key)?.type === type).length;
  return {
    record,
    hosts,
    asked: askedIn(entries, record.next?.mark),
    signed: { tokens: countOf("token"), operators: countOf("operator") },
    lacksKey: (mark) => {
      const keys = hosts.find(({ host }) => host === view.self)?.trust?.keys;
      return keys !== undefined && !keys.includes(mark);
    },
    rolling: view.rolling,
    isRolled: (generation) => nextRestart(view, { generation, reason: "" }).type === "done",
  };
}

/** Hosts that are there, that the cluster has bound, or that were known when it was asked for. */
function tracesIn(
  entries: readonly StoreEntry[],
  known: readonly string[],
): Map<string, Traces> {
  const traces = new Map<string, Traces>();
  for (const { key, value, lease } of entries) {
    const parsed = parseKey(key);
    if (parsed?.type === "binding") traceOf(traces, parsed.host);
    if (lease === undefined) continue;
    if (parsed?.type === "live") {
      const id = read.live(value)?.id;
      Object.assign(traceOf(traces, parsed.host), { live: true }, id === undefined ? {} : { id });
    } else if (parsed?.type === "status") {
      const trust = read.status(value)?.trust;
      if (trust !== undefined) traceOf(traces, parsed.host).trust = trust;
    }
  }
  for (const host of known) traceOf(traces, host);
  return traces;
}

function traceOf(traces: Map<string, Traces>, host: string): Traces {
  const trace = traces.get(host) ?? { live: false };
  traces.set(host, trace);
  return trace;
}

function askedIn(entries: readonly StoreEntry[], mark: string | undefined): readonly KeyAsked[] {
  return entries.flatMap(({ key, value, modRevision: revision }) => {
    const parsed = parseKey(key);
    const asked = parsed?.type === "keyAsked" ? read.key(value) : undefined;
    if (parsed?.type !== "keyAsked" || asked === undefined || asked.mark !== mark) return [];
    return [{ host: parsed.host, text: asked.text, revision }];
  });
}
