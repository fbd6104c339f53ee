/**
 * What a host that collects remembers of values with a MAC, so that nobody can put an older one back,
 * or take one away in its host's place.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";

/** Whether a value counts: `again` is the one that counted before. */
export type LedgerVerdict = "new" | "again" | "older";

/** As it is kept between runs. */
export interface StoredLedger {
  readonly cluster: string;
  readonly hosts: readonly StoredHost[];
}

interface StoredHost {
  readonly host: string;
  readonly listed: number;
  readonly counters: readonly (readonly [string, number])[];
}

/** What is remembered of one host. */
interface HostLedger {
  /** The last counter of each of its exports that was not withdrawn. */
  readonly counters: Map<string, number>;
  /** The counter of its last list that was found true: what is not above must be newer than that. */
  listed: number;
}

/** The counters of all hosts. */
export class Ledger {
  readonly #hosts = new Map<string, HostLedger>();

  /** Whether that value of a host may take the place of the last one. */
  judge(host: string, key: string, counter: number): LedgerVerdict {
    const { counters, listed } = this.#of(host);
    const last = counters.get(key);
    if (counter < (last ?? listed + 1)) return "older";
    counters.set(key, counter);
    return counter === last ? "again" : "new";
  }

  /** Whether it has counted, and was not withdrawn since. */
  has(host: string, key: string): boolean {
    return this.#hosts.get(host)?.counters.has(key) === true;
  }

  /**
   * The host has said, with that counter, what it exports. Where that is what is there, all else is
   * withdrawn.
   */
  listed(
    host: string,
    counter: number,
    there: ReadonlySet<string>,
    isAll: (keys: readonly string[]) => boolean,
  ): void {
    const ledger = this.#of(host);
    const { counters } = ledger;
    const gone = [...counters.keys()].filter((key) => !there.has(key));
    const isOld = counter < ledger.listed || (counter === ledger.listed && gone.length === 0);
    if (isOld || !isAll([...counters.keys()].filter((key) => there.has(key)))) return;
    ledger.listed = counter;
    for (const key of gone) counters.delete(key);
  }

  /** It is about another cluster from now on, where any value may be the first. */
  beginAnew(): void {
    for (const ledger of this.#hosts.values()) {
      ledger.listed = 0;
      for (const key of ledger.counters.keys()) ledger.counters.set(key, 0);
    }
  }

  /** Forgets all others. */
  keep(isKept: (host: string, key: string) => boolean): void {
    for (const [host, { counters }] of this.#hosts) {
      for (const key of counters.keys()) if (!isKept(host, key)) counters.delete(key);
    }
  }

  /** For the disk. */
  stored(cluster: string): StoredLedger {
    const hosts = [...this.#hosts].map(([host, { counters, listed }]) => ({
      host,
      listed,
      counters: [...counters],
    }));
    return { cluster, hosts };
  }

  /** Back from the disk. */
  static from(stored: StoredLedger | undefined): Ledger {
    const ledger = new Ledger();
    for (const { host, listed, counters } of stored?.hosts ?? []) {
      ledger.#hosts.set(host, { listed, counters: new Map(counters) });
    }
    return ledger;
  }

  #of(host: string): HostLedger {
    const known = this.#hosts.get(host) ?? { counters: new Map(), listed: 0 };
    this.#hosts.set(host, known);
    return known;
  }
}

/** Whether something from the disk is what `stored` made. */
export function isStoredLedger(value: unknown): value is StoredLedger {
  const { cluster, hosts } = (value ?? {}) as Partial<StoredLedger>;
  return typeof cluster === "string" && Array.isArray(hosts) &&
    hosts.length <= LIMITS.storeEntries && hosts.every(isStoredHost);
}

function isStoredHost(value: unknown): value is StoredHost {
  const { host, listed, counters } = (value ?? {}) as Partial<StoredHost>;
  return typeof host === "string" && typeof listed === "number" && Array.isArray(counters) &&
    counters.every((pair) =>
      Array.isArray(pair) && typeof pair[0] === "string" && typeof pair[1] === "number"
    );
}
