/**
 * The mark of who may make resources on this machine: a MAC over the cluster, the key, a counter and
 * the value, by a secret that only the agents of one user have.
 *
 * A value that carries one is `BODY` with two further fields at its end, so that it can be read like
 * any other; only its text counts.
 *
 * @module
 */

/** The MAC of a text, as 64 hexadecimal digits; its maker has the secret. */
export type Mac = (text: string) => string;

/** What MACs are about, in case that the secret is used for more some day. */
const VALUE = "mgmt export 1";
const LIST = "mgmt export list 1";
const SEALED = /^(\{.*),"counter":([1-9]\d{0,15}),"mac":"([0-9a-f]{64})"\}$/s;

/** A value whose MAC is right. */
export interface OpenedSeal {
  /** The value without counter and MAC. */
  readonly body: string;
  /** The higher one was made later, by the same host. */
  readonly counter: number;
}

/** Puts MACs on the values of one cluster, and checks them. */
export class Seal {
  readonly cluster: string;
  readonly #of: Mac;

  constructor(mac: Mac, cluster: string) {
    this.cluster = cluster;
    this.#of = mac;
  }

  /** The value for that key; `body` is an object with at least one field, as JSON. */
  close(key: string, body: string, counter: number): string {
    const mac = this.#mac(key, body, counter);
    return `${body.slice(0, -1)},"counter":${counter},"mac":"${mac}"}`;
  }

  /** What is in a value; undefined: its MAC is wrong, or it has none. */
  open(key: string, value: string): OpenedSeal | undefined {
    const [, start, digits, mac] = SEALED.exec(value) ?? [];
    if (start === undefined || mac === undefined) return undefined;
    const opened = { body: `${start}}`, counter: Number(digits) };
    if (!Number.isSafeInteger(opened.counter)) return undefined;
    return mac === this.#mac(key, opened.body, opened.counter) ? opened : undefined;
  }

  /**
   * The body of what says that a host exports just these keys: without it nobody could tell an export
   * that was withdrawn from one that somebody else removed.
   */
  list(keys: Iterable<string>): string {
    const digest = this.#of(JSON.stringify([LIST, this.cluster, ...[...keys].sort()]));
    return JSON.stringify({ version: 1, keys: digest });
  }

  /** JSON on one line ends at the first line break, so that no two of these texts are the same. */
  #mac(key: string, body: string, counter: number): string {
    const about = JSON.stringify([VALUE, this.cluster, key, counter]);
    return this.#of(`${about}\n${body}`);
  }
}

/** Whether a value looks as if it had a MAC. */
export function isSealed(value: string): boolean {
  return SEALED.test(value);
}
