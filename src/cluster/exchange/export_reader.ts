/**
 * What is believed of the exports in the store: in a cluster of one machine only what has the MAC of
 * its user's agents, elsewhere all that can be read.
 *
 * @module
 */

import type { HostExport } from "../../kind/export.ts";
import { readExported } from "./exported_value.ts";
import { exportListKey, isInRange, type KeyRange, parseKey } from "../store/keys.ts";
import { Ledger, type StoredLedger } from "./ledger.ts";
import { Naming } from "./naming.ts";
import type { ExchangeNews, TellExchange } from "./news.ts";
import { isSealed, type OpenedSeal, type Seal } from "./seal.ts";

/** Characters of a key that are shown. */
const KEY_SHOWN = 200;

type LeftOutNews = ExchangeNews & { readonly what: "export-left-out" };

/** What is in the store, as far as it has been heard of. */
export class ExportReader {
  readonly #naming: Naming;
  readonly #ledger: Ledger;
  #cluster: string | undefined;
  #seal: Seal | undefined;
  /** What is remembered is another cluster's. */
  #hasMoved = false;
  /** The keys whose last good value is there, by host. */
  readonly #there = new Map<string, Set<string>>();
  /** Keys at which there is something else. */
  readonly #strange = new Set<string>();
  readonly #lists = new Map<string, OpenedSeal>();

  /** `stored`: what an earlier run has remembered. */
  constructor(tell: TellExchange, stored?: StoredLedger) {
    this.#naming = new Naming(tell, { what: "more-left-out" });
    this.#ledger = Ledger.from(stored);
    this.#cluster = stored?.cluster;
  }

  /** From now on only what has a right MAC counts; undefined: all that can be read. */
  trust(seal: Seal | undefined): void {
    this.#seal = seal;
    if (seal === undefined || seal.cluster === this.#cluster) return;
    this.#hasMoved = this.#cluster !== undefined;
    this.#cluster = seal.cluster;
    this.#ledger.beginAnew();
  }

  /** What is to be remembered; undefined: nothing is. */
  get stored(): StoredLedger | undefined {
    return this.#cluster === undefined ? undefined : this.#ledger.stored(this.#cluster);
  }

  /** That range is read anew. */
  begin(range: KeyRange): void {
    for (const keys of [...this.#there.values(), this.#strange]) {
      for (const key of keys) if (isInRange(range, key)) keys.delete(key);
    }
    for (const host of this.#lists.keys()) {
      if (isInRange(range, exportListKey(host))) this.#lists.delete(host);
    }
  }

  /**
   * What a host offers by that entry. `left-out`: nothing that counts, and it has been said why;
   * undefined: it is about something else.
   */
  read(key: string, value: string): HostExport | "left-out" | undefined {
    const parsed = parseKey(key);
    if (parsed?.type !== "exported" && parsed?.type !== "exportList") {
      return this.#leaveOut(key, "unreadable");
    }
    const opened = this.#seal?.open(key, value);
    if (parsed.type === "exportList") return this.#takeList(parsed.host, opened);
    if (this.#seal !== undefined) {
      const why = this.#objection(parsed.host, key, value, opened);
      if (why !== undefined) return this.#leaveOut(key, why);
    }
    const offer = readExported(key, opened?.body ?? value);
    if (offer === undefined) return this.#leaveOut(key, "unreadable");
    this.#strange.delete(key);
    return offer;
  }

  /** That entry is gone. */
  gone(key: string): void {
    const parsed = parseKey(key);
    this.#strange.delete(key);
    if (parsed?.type === "exported") this.#there.get(parsed.host)?.delete(key);
    if (parsed?.type === "exportList") this.#lists.delete(parsed.host);
  }

  /**
   * All changes of one moment were read. Adds to what is there now what was there before, is still
   * followed, and was not withdrawn by its own host.
   */
  settle(
    before: ReadonlyMap<string, HostExport>,
    now: ReadonlyMap<string, HostExport>,
    isFollowed: (key: string) => boolean,
  ): ReadonlyMap<string, HostExport> {
    const seal = this.#seal;
    if (seal === undefined) return now;
    const isThere = (host: string, key: string) => this.#there.get(host)?.has(key) === true;
    if (this.#hasMoved) {
      this.#ledger.keep((host, key) => isThere(host, key) || this.#strange.has(key));
    }
    this.#hasMoved = false;
    for (const [host, { body, counter }] of this.#lists) {
      const there = this.#there.get(host) ?? new Set();
      this.#ledger.listed(host, counter, there, (keys) => seal.list(keys) === body);
    }
    const kept = [...before].filter(([key, { host }]) =>
      !now.has(key) && isFollowed(key) && this.#ledger.has(host, key) &&
      (!isThere(host, key) || this.#strange.has(key))
    );
    return kept.length === 0 ? now : new Map([...now, ...kept]);
  }

  #takeList(host: string, opened: OpenedSeal | undefined): undefined {
    if (opened === undefined) this.#lists.delete(host);
    else this.#lists.set(host, opened);
  }

  /** Why a value does not count; undefined: it does. */
  #objection(
    host: string,
    key: string,
    value: string,
    opened: OpenedSeal | undefined,
  ): LeftOutNews["why"] | undefined {
    const there = this.#there.get(host) ?? new Set();
    this.#there.set(host, there);
    there.delete(key);
    if (opened === undefined) return isSealed(value) ? "wrong-mac" : "no-mac";
    const verdict = this.#ledger.judge(host, key, opened.counter);
    // It is still an export of that host, though not as it is now.
    if (verdict !== "older" || this.#ledger.has(host, key)) there.add(key);
    return verdict === "older" ? "older" : undefined;
  }

  #leaveOut(key: string, why: LeftOutNews["why"]): "left-out" {
    this.#strange.add(key);
    const shown = key.length > KEY_SHOWN ? `${key.slice(0, KEY_SHOWN)}…` : key;
    this.#naming.name(key, { what: "export-left-out", key: shown, why });
    return "left-out";
  }
}
