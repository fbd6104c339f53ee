/**
 * What hosts exchange: resources as their graphs say them, and what a graph takes of them.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";

/** Plain data, as JSON has it. */
export type Plain = string | number | boolean | null | readonly Plain[] | {
  readonly [key: string]: Plain;
};

/** A resource that a graph exports (`@@name`): its fields as they are written. */
export interface Export {
  readonly kind: string;
  /** Without the mark of an export. */
  readonly name: string;
  /** Bytes are `{bytes: BASE64}`. */
  readonly fields: Readonly<Record<string, Plain>>;
  /** Its file gets a header; text: how comments look there. */
  readonly header?: true | string;
}

/** The form of what is stored of an offer; a reader leaves out what it does not know. */
export const EXPORT_VERSION = 1;

/** What is stored of the offer of the host with this id. */
export function storedExport(hostId: string, { fields, header }: Export): string {
  return JSON.stringify({ version: EXPORT_VERSION, id: hostId, fields, header });
}

/** Counts what one host exports, in its order, so that no host takes the place of others. */
export class ExportTally {
  #count = 0;
  #bytes = 0;
  #isOver = false;

  /** Why a further export of that size, and what follows it, cannot be; undefined: it can. */
  add(bytes: number): string | undefined {
    this.#isOver ||= this.#count >= LIMITS.exportedResources ||
      this.#bytes + bytes > LIMITS.exportedTotalBytes;
    if (this.#isOver) {
      return `a host exports at most ${LIMITS.exportedResources} resources of together ` +
        `${LIMITS.exportedTotalBytes / 1024 / 1024} MiB`;
    }
    this.#count++;
    this.#bytes += bytes;
    return undefined;
  }
}

/** Why an export was changed last, in words of its host. */
export interface ExportCause {
  readonly text: string;
}

/** An offer and who made it. It is data from elsewhere: nothing of it is trusted. */
export interface HostExport extends Export {
  readonly host: string;
  /** Decides between two hosts that offer the same: the lowest wins. */
  readonly hostId: string;
  /** Why it was changed last, as its host says. */
  readonly cause?: ExportCause;
  /** It comes from a snapshot: its host has not said it in this cluster yet. */
  readonly restored?: true;
  /** It is no longer offered, and is to be absent here because the rule says so. */
  readonly withdrawn?: boolean;
  /** Its host has been gone for so long at least; undefined: it counts as there. */
  readonly goneSeconds?: number;
}

/** One entry of `collect`. */
export interface CollectRule {
  readonly kind: string;
  /** By which edges name all that it takes. */
  readonly id?: string;
  /** For files: the directory, with a slash at the end, that they are placed in. */
  readonly pattern?: string;
  /** Only from these hosts, and only these names; `*` stands for any characters. */
  readonly host?: string;
  readonly name?: string;
  /** For files: places that the exporter may choose; for other kinds: names that are taken. */
  readonly allow: readonly string[];
  /** Also takes owner and group of a file. */
  readonly owner: boolean;
  /** What becomes of a file whose resource is withdrawn. */
  readonly withdrawn: "keep" | "absent";
  /** Takes only of hosts that are there: gone for so long counts as withdrawn. */
  readonly graceSeconds?: number;
}

/** Whether the host of an offer has been gone for so long that the rule does not take it any more. */
export function isGoneFor({ graceSeconds }: CollectRule, { goneSeconds }: HostExport): boolean {
  return graceSeconds !== undefined && goneSeconds !== undefined && goneSeconds >= graceSeconds;
}

/** What is taken of an offer, as fields of a graph file; the place, where it is about one path. */
export type Received =
  | {
    readonly ok: true;
    readonly place?: string;
    readonly fields: Readonly<Record<string, unknown>>;
    /** What of it is not taken, in words. */
    readonly dropped: readonly string[];
  }
  | {
    readonly ok: false;
    readonly place?: string;
    /** Undefined: it is not meant; else why it is refused. */
    readonly reason?: string;
  };

/** Whose offer it is, and of what. */
export type ExportName = Pick<HostExport, "host" | "kind" | "name">;

/** Whether a rule is about an offer; not yet whether it takes it. */
export function isMeant(rule: CollectRule, offer: ExportName): boolean {
  return rule.kind === offer.kind &&
    (rule.host === undefined || matchesPattern(rule.host, offer.host)) &&
    (rule.name === undefined || matchesPattern(rule.name, offer.name));
}

/** Whether a text matches a pattern in which `*` stands for any characters. */
export function matchesPattern(pattern: string, text: string): boolean {
  const [first = "", ...rest] = pattern.split("*");
  if (rest.length === 0) return text === pattern;
  if (!text.startsWith(first)) return false;
  let from = first.length;
  const last = rest.pop() ?? "";
  for (const part of rest) {
    const found = text.indexOf(part, from);
    if (found === -1) return false;
    from = found + part.length;
  }
  return text.length - last.length >= from && text.endsWith(last);
}
