/**
 * Makes the values that a host publishes: as they are, or with MACs, and then with a list of them.
 *
 * @module
 */

import { exportListKey } from "../store/keys.ts";
import type { Seal } from "./seal.ts";

interface Signed {
  readonly body: string;
  readonly value: string;
}

/** Makes the values of one host. */
export class ExportSigner {
  readonly #host: string;
  readonly #wallMs: () => number;
  #seal: Seal | undefined;
  #signed = new Map<string, Signed>();
  #counter = 0;

  /**
   * `wallMs`: the time of day, from which counters begin, so that those of one run are above those of
   * the run before.
   */
  constructor(host: string, wallMs: () => number) {
    this.#host = host;
    this.#wallMs = wallMs;
  }

  /** By which the values are signed; undefined: they are not. */
  use(seal: Seal | undefined): void {
    if (seal?.cluster !== this.#seal?.cluster) this.#signed.clear();
    this.#seal = seal;
  }

  /**
   * What is to be there, the list last. What was signed in this run stays as it is; of earlier runs
   * nothing does, for what is there may have been put back.
   */
  values(
    bodies: ReadonlyMap<string, string>,
    there: ReadonlyMap<string, string>,
  ): ReadonlyMap<string, string> {
    const seal = this.#seal;
    if (seal === undefined) return bodies;
    this.#raise(seal, there);
    const signed = new Map<string, Signed>();
    for (const [key, body] of bodies) signed.set(key, this.#sign(seal, key, body));
    if (bodies.size > 0 || there.size > 0) {
      const key = exportListKey(this.#host);
      signed.set(key, this.#sign(seal, key, seal.list(bodies.keys())));
    }
    this.#signed = signed;
    return new Map([...signed].map(([key, { value }]) => [key, value]));
  }

  /** What is in a value without counter and MAC; undefined: its MAC is wrong, or it lacks one. */
  bodyOf(key: string, value: string | undefined): string | undefined {
    if (value === undefined || this.#seal === undefined) return value;
    return this.#seal.open(key, value)?.body;
  }

  #sign(seal: Seal, key: string, body: string): Signed {
    const before = this.#signed.get(key);
    if (before?.body === body) return before;
    return { body, value: seal.close(key, body, ++this.#counter) };
  }

  /** Above all that was ever signed, as far as can be known, also where the clock was set back. */
  #raise(seal: Seal, there: ReadonlyMap<string, string>): void {
    const found = [...there].map(([key, value]) =>
      this.#signed.get(key)?.value === value ? 0 : seal.open(key, value)?.counter ?? 0
    );
    this.#counter = found.reduce((most, each) => Math.max(most, each), this.#counter);
    if (this.#signed.size === 0) this.#counter = Math.max(this.#counter, this.#wallMs());
  }
}
