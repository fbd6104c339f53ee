/**
 * How hosts that name each other as seeds found one cluster and not several. Until its etcd runs,
 * each answers at its client URL who it is. Only the one with the lowest id founds, and only after
 * every other one has said that it knows of no cluster and names the same hosts.
 *
 * A question carries what its asker would answer. Whoever is asked by another id than it knows at
 * that address forgets what it knew, and takes no answer of the old one any more: so of two hosts
 * one always learns in time of a disk that was wiped, and with it an id that has changed.
 *
 * @module
 */

import type { Result } from "../base/result.ts";

/** What a host says of itself. */
export interface Hello {
  readonly id: string;
  /** The id of its cluster, `founding`, or `none`. */
  readonly cluster: string;
  /** Its own client URLs. */
  readonly clientUrls: readonly string[];
  /** Its seeds and own client URLs, sorted, each once. */
  readonly hosts: readonly string[];
  /** Where it last saw its cluster. */
  readonly endpoints: readonly string[];
}

/** How old an answer may be. */
const FRESH_MS = 2000;

/** Addresses of askers that are kept. */
const MOST_ASKERS = 1000;

/** Reads a hello; undefined: it is none. */
export function readHello(value: unknown): Hello | undefined {
  const { id, cluster, clientUrls, hosts, endpoints } = (value ?? {}) as Record<string, unknown>;
  const valid = typeof id === "string" && typeof cluster === "string" && isTexts(clientUrls) &&
    isTexts(hosts) && isTexts(endpoints);
  return valid ? { id, cluster, clientUrls, hosts, endpoints } : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= 1000 &&
    value.every((one) => typeof one === "string" && one.length <= 1000);
}

/** Seeds and own URLs as they are compared. */
export function hostSet(seeds: readonly string[], own: readonly string[]): readonly string[] {
  return [...new Set([...seeds, ...own])].sort();
}

/** What is known of the other hosts of the set. */
export class Acquaintances {
  #known = new Map<string, { hello: Hello; at: number }>();
  #asked = new Map<number, { url: string; at: number }>();
  /** Who asked last from each address. */
  #askers = new Map<string, string>();
  #problem = "no answer yet";

  /** A question goes out. */
  ask(id: number, url: string, now: number): void {
    this.#asked.set(id, { url, at: now });
  }

  /** Its answer. */
  answered(id: number, answer: Result<Hello>): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (asked === undefined) return;
    const asker = this.#askers.get(asked.url);
    const isNews = answer.ok && (asker === undefined || asker === answer.value.id);
    if (isNews) this.#known.set(asked.url, { hello: answer.value, at: asked.at });
    else this.#known.delete(asked.url);
  }

  /** Somebody asks: what is known of another at that address is old. */
  askedBy(hello: Hello): void {
    for (const url of hello.clientUrls) {
      if (this.#askers.size < MOST_ASKERS || this.#askers.has(url)) this.#askers.set(url, hello.id);
      if (this.#known.get(url)?.hello.id !== hello.id) this.#known.delete(url);
    }
  }

  /** Whether this host is the one that founds; else why not yet. */
  mayFound(own: Hello, now: number): { readonly may: boolean; readonly why: string } {
    this.#problem = "";
    for (const url of own.hosts) {
      if (own.clientUrls.includes(url)) continue;
      const known = this.#known.get(url);
      const problem = known === undefined || now - known.at > FRESH_MS
        ? `${url} does not answer`
        : objection(own, known.hello);
      if (problem !== undefined) this.#problem ||= problem;
    }
    return { may: this.#problem === "", why: this.#problem };
  }
}

function objection(own: Hello, other: Hello): string | undefined {
  if (other.id === own.id) return undefined; // ourselves, under another address
  if (other.cluster !== "none") return `${other.clientUrls[0]} knows a cluster, or founds one`;
  if (other.hosts.join() !== own.hosts.join()) return `${other.clientUrls[0]} names other seeds`;
  return other.id < own.id ? `${other.clientUrls[0]} is the one to found it` : undefined;
}
