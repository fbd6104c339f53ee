/**
 * Sees to it that a host's certificate is renewed after 90 days of use, and says which one it shows. What it
 * had counts on whatever goes wrong: it is tried again later.
 *
 * @module
 */

import { fail, type Failure, ok, type Result } from "../../base/result.ts";
import type { ShownCertificate } from "../../cluster/store/records.ts";
import type { Store } from "../../cluster/store/store.ts";
import type { Clock, Timer } from "../../os/clock.ts";
import type { Random } from "../../os/random.ts";
import type { PrivateFiles } from "../../os/state/private_files.ts";
import { type CertificateAge, readAge, RENEWAL_MS, writeAge } from "../../trust/certificate_age.ts";
import { fingerprintOf } from "../../trust/fingerprint.ts";
import { certFile, pemFile } from "../../trust/trust_files.ts";

export interface KeeperOptions {
  /** The name of this host in its cluster. */
  readonly host: string;
  readonly files: PrivateFiles;
  /** It certifies itself. */
  readonly isServer: boolean;
  readonly clock: Clock;
  readonly random: Random;
  /** The store, while this host has its name there. */
  readonly store: () => Store | undefined;
  /** Hears what the host shows, at the start and after each change. */
  readonly shows: (shown: ShownCertificate) => void;
  readonly renewed: (fingerprint: string) => void;
  readonly failed: (failure: Failure) => void;
}

/** How often the use is written down: who is killed has used it for so much less. */
const COUNT_MS = 6 * 3600_000;
/** Between two looks of one that is due whether it can be asked for, and after one that failed. */
const LOOK_MS = 2000;
const RETRY_MS = 600_000;

/** Keeps one host's certificate in use. */
export class CertificateKeeper {
  readonly #options: KeeperOptions;
  readonly #ending = new AbortController();
  #age: CertificateAge | undefined;
  #countedAt: number;
  #timer: Timer | undefined;
  #over: Promise<void>;
  #saidWhy: string | undefined;
  /** It was asked for from elsewhere. */
  #isWanted = false;

  constructor(options: KeeperOptions) {
    this.#options = options;
    this.#countedAt = options.clock.nowMs();
    this.#over = this.#begin();
  }

  /** The files were changed elsewhere. */
  changed(): void {
    this.#over = this.#over.then(async () => void await this.#look());
  }

  /** It is to be renewed at once, however new it is: the cluster has another authority. */
  renewNow(): void {
    if (this.#isWanted) return;
    this.#isWanted = true;
    this.#timer?.cancel();
    this.#over = this.#over.then(() => this.#turn());
  }

  /** Writes down how long it was in use. */
  async stop(): Promise<void> {
    this.#ending.abort();
    this.#timer?.cancel();
    await this.#over;
    this.#count();
  }

  async #begin(): Promise<void> {
    if (await this.#look()) this.#next(this.#isDue ? LOOK_MS : COUNT_MS);
  }

  get #isDue(): boolean {
    return this.#isWanted || (this.#age?.usedMs ?? 0) >= RENEWAL_MS;
  }

  /** Reads which certificate there is, and tells where it is another one; false: there is none. */
  async #look(): Promise<boolean> {
    const { files, clock, shows, failed } = this.#options;
    const cert = pemFile(files, certFile("host"));
    const fingerprint = cert.ok && cert.value !== undefined
      ? await fingerprintOf(cert.value.text)
      : undefined;
    if (fingerprint === undefined) return false;
    if (this.#age?.fingerprint === fingerprint) return true;
    const age = readAge(files, fingerprint, clock.wall().getTime());
    if (!age.ok) {
      failed(age.failure);
      return false;
    }
    this.#age = age.value;
    this.#countedAt = clock.nowMs();
    this.#write(age.value);
    shows({ fingerprint, issuedAt: age.value.issuedAtMs });
    return true;
  }

  #next(delayMs: number): void {
    if (this.#ending.signal.aborted) return;
    this.#timer = this.#options.clock.after(delayMs, () => {
      this.#over = this.#turn();
    });
  }

  async #turn(): Promise<void> {
    this.#count();
    // It may have been replaced by hand.
    const isThere = await this.#look();
    if (!isThere || !this.#isDue) return this.#next(COUNT_MS);
    const { isServer, store } = this.#options;
    const asks = store();
    if (!isServer && asks === undefined) return this.#next(LOOK_MS);
    const done = await this.#renew(asks);
    this.#isWanted = false;
    if (this.#ending.signal.aborted) return;
    if (done.ok) return this.#next(COUNT_MS);
    if (this.#saidWhy !== done.failure.message) this.#options.failed(done.failure);
    this.#saidWhy = done.failure.message;
    this.#next(RETRY_MS);
  }

  async #renew(store: Store | undefined): Promise<Result<void>> {
    const { isServer, files, random, renewed } = this.#options;
    const done = isServer
      ? await (await import("../../trust/make_trust.ts")).renewOwn(files, random)
      : store === undefined
      ? fail("there is no store yet")
      : await (await import("./renew.ts"))
        .renewByLeader(store, this.#options, this.#ending.signal);
    if (!done.ok) return done;
    const before = this.#age?.fingerprint;
    await this.#look();
    if (this.#age !== undefined && this.#age.fingerprint !== before) {
      this.#saidWhy = undefined;
      renewed(this.#age.fingerprint);
    }
    return ok(undefined);
  }

  #count(): void {
    if (this.#age === undefined) return;
    const now = this.#options.clock.nowMs();
    const usedMs = this.#age.usedMs + now - this.#countedAt;
    this.#countedAt = now;
    this.#age = { ...this.#age, usedMs: Math.round(usedMs) };
    this.#write(this.#age);
  }

  #write(age: CertificateAge): void {
    const { files, failed } = this.#options;
    // What was forgotten meanwhile is not written again.
    const cert = pemFile(files, certFile("host"));
    if (!cert.ok || cert.value === undefined) return;
    const written = writeAge(files, age);
    if (!written.ok) failed(written.failure);
  }
}
