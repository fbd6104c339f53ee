/**
 * The secrets that a graph uses: their values, from the first source that has each.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { LIMITS } from "../base/limits.ts";
import { fail, failure, ok, type Result } from "../base/result.ts";
import type { SecretReference } from "../base/secret_token.ts";
import type { SecretSource } from "./source.ts";
import { saltFor } from "./sha512_crypt.ts";
import { transformed } from "./transforms.ts";

/** Passwords for hashes; longer ones are a mistake, and take long. */
const PASSWORD_BYTES = 512;

interface KnownSecret {
  readonly reading: Result<Uint8Array>;
  /** The number of the change that gave it this value. */
  readonly revision: number;
  /** What was made of it, by what was asked for. */
  readonly made: Map<string, Uint8Array>;
}

/** What a store needs. */
export interface SecretStoreOptions {
  /** In the order in which they are asked. */
  readonly sources: readonly SecretSource[];
  /** What tells this machine from others. */
  readonly machine: string;
}

/** Holds the values of the secrets in use, in memory only. */
export class SecretStore {
  readonly #options: SecretStoreOptions;
  #known = new Map<string, KnownSecret>();
  /** Those that a resource needs, of all that are known. */
  #needed: ReadonlySet<string> = new Set();
  #revision = 0;
  #turn: Promise<unknown> = Promise.resolve();

  constructor(options: SecretStoreOptions) {
    this.#options = options;
  }

  /**
   * Reads these, and forgets all others; those that are known already are not read again. Of `hidden`
   * nobody needs the value, so that it does not matter when there is none.
   */
  use(names: ReadonlySet<string>, hidden: ReadonlySet<string> = new Set()): Promise<void> {
    return this.#next(async () => {
      this.#needed = names;
      const all = new Set([...names, ...hidden]);
      for (const name of this.#known.keys()) if (!all.has(name)) this.#known.delete(name);
      for (const name of all) {
        if (this.#known.has(name)) continue;
        if (this.#known.size < LIMITS.secrets) await this.#read(name);
        else this.#learn(name, TOO_MANY);
      }
    });
  }

  /** Reads all in use again; the names of those that have changed. */
  reread(): Promise<readonly string[]> {
    return this.#next(async () => {
      const changed: string[] = [];
      for (const [name, { reading }] of [...this.#known]) {
        if (reading !== TOO_MANY && await this.#read(name)) changed.push(name);
      }
      return changed;
    });
  }

  /** Whether some of those that are needed cannot be read. */
  lacksSome(): boolean {
    return [...this.#needed].some((name) => this.#known.get(name)?.reading.ok === false);
  }

  /** Another number where one of these has another value than at an earlier call. */
  revisionOf(names: readonly string[]): number {
    return Math.max(0, ...names.map((name) => this.#known.get(name)?.revision ?? 0));
  }

  /** What is to be put in for a token; in use since `use`. */
  value({ name, transforms }: SecretReference): Result<Uint8Array> {
    const known = this.#known.get(name);
    if (known === undefined) return fail(`the secret ${name} was not read`, { code: MISSING });
    const { reading, made } = known;
    if (!reading.ok || transforms.length === 0) return reading;
    const words = transforms.join(":");
    const before = made.get(words);
    if (before !== undefined) return ok(before);
    if (transforms.includes("sha512crypt")) {
      const steps = transforms.slice(0, transforms.indexOf("sha512crypt"));
      const problem = unfitPassword(name, transformed(reading.value, steps, () => ""));
      if (problem !== undefined) return problem;
    }
    if (transforms.includes("json") && !isText(reading.value)) return notText(name);
    const salt = () => saltFor(this.#options.machine, name);
    const value = transformed(reading.value, transforms, salt);
    made.set(words, value);
    return ok(value);
  }

  /** The names of those in use. */
  names(): readonly string[] {
    return [...this.#known.keys()];
  }

  /** All that is known of these: values, and what was made of them. */
  valuesOf(names: readonly string[]): readonly Uint8Array[] {
    return names.flatMap((name) => {
      const known = this.#known.get(name);
      return known === undefined || !known.reading.ok
        ? []
        : [known.reading.value, ...known.made.values()];
    });
  }

  #next<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  /** Whether it is another one than before. */
  async #read(name: string): Promise<boolean> {
    const reading = await this.#find(name);
    const before = this.#known.get(name);
    if (before !== undefined && isSame(before.reading, reading)) return false;
    this.#learn(name, reading);
    return true;
  }

  #learn(name: string, reading: Result<Uint8Array>): void {
    this.#known.set(name, { reading, revision: ++this.#revision, made: new Map() });
  }

  async #find(name: string): Promise<Result<Uint8Array>> {
    for (const source of this.#options.sources) {
      const reading = await source.read(name);
      if (!reading.ok) return reading;
      if (reading.value !== undefined) return checked(name, reading.value, source);
    }
    const labels = this.#options.sources.map(({ label }) => label);
    const where = labels.length === 0
      ? "there is no place to look"
      : `it is not in ${labels.join(", nor in ")}`;
    return {
      ok: false,
      failure: failure(`the secret ${name} is missing: ${where}`, {
        code: MISSING,
        hint:
          "put it there as a file of that name with mode 0600, name another directory with --secrets, " +
          "or encrypt it for this host beside the graph (mgmt secret encrypt)",
      }),
    };
  }
}

const MISSING = "secret-missing";
const TOO_MANY = fail(`it is not read, as the graph uses more than ${LIMITS.secrets} secrets`, {
  code: "secret-unfit",
  hint: "put several values into one",
});

function checked(name: string, value: Uint8Array, { label }: SecretSource): Result<Uint8Array> {
  const code = "secret-unfit";
  if (value.length === 0) {
    return fail(`the secret ${name} in ${label} is empty`, { code, hint: "write its value there" });
  }
  if (value.length <= LIMITS.secretBytes) return ok(value);
  return fail(`the secret ${name} in ${label} is larger than ${LIMITS.secretBytes} bytes`, {
    code,
  });
}

function unfitPassword(name: string, password: Uint8Array): Result<never> | undefined {
  const code = "secret-unfit";
  if (password.length > PASSWORD_BYTES) {
    return fail(
      `the secret ${name} is too long for a password: more than ${PASSWORD_BYTES} bytes`,
      {
        code,
      },
    );
  }
  if (!password.some((byte) => byte === 0x0a || byte === 0)) return undefined;
  return fail(`the secret ${name} has a line break, and is no password`, {
    code,
    hint: `write ${name}:trim:sha512crypt, which takes it away at the end`,
  });
}

function isText(value: Uint8Array): boolean {
  const bytes = Buffer.from(value);
  return Buffer.from(bytes.toString("utf8")).equals(bytes);
}

function notText(name: string): Result<never> {
  return fail(`the secret ${name} is no text in UTF-8, and JSON has only such`, {
    code: "secret-unfit",
    hint: "give it to JSON as base64",
  });
}

function isSame(a: Result<Uint8Array>, b: Result<Uint8Array>): boolean {
  if (!a.ok || !b.ok) return !a.ok && !b.ok && a.failure.message === b.failure.message;
  return a.value.length === b.value.length && a.value.every((byte, at) => byte === b.value[at]);
}
