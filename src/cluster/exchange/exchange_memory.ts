/**
 * What is kept of the exchange between runs.
 *
 * @module
 */

import type { HostExport } from "../../kind/export.ts";
import type { StoredLedger } from "./ledger.ts";
import type { KnownValues } from "./shared_values.ts";

/** What was known last. */
export interface Remembered {
  /** When it was true, in milliseconds since 1970. */
  readonly atMs: number;
  /** Until when nothing else was known to be true, where that is later. */
  readonly asOfMs?: number;
  readonly offers: readonly HostExport[];
  /** Offers that are gone and may have to be removed here. */
  readonly withdrawn: readonly HostExport[];
  /** Whose MACs were right, and what is remembered of them; absent: nothing was asked of offers. */
  readonly ledger?: StoredLedger;
  /** Hosts of those offers that were gone, and for how many seconds at least. */
  readonly gone?: Readonly<Record<string, number>>;
  /** Hosts of those offers that had not come to this cluster (`unseen.ts`). */
  readonly unseen?: readonly string[];
  /** The values of hosts that programs read. */
  readonly values?: KnownValues;
}

/** Where it is kept. */
export interface ExchangeMemory {
  load(): Remembered | undefined;
  save(remembered: Remembered): void;
}
