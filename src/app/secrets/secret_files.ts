/**
 * The directory of encrypted secrets, as the commands that write them see it.
 *
 * @module
 */

import { join } from "node:path";
import { fail, ok, type Result } from "../../base/result.ts";
import { ownUid } from "../../os/accounts.ts";
import type { Files } from "../../os/files/files.ts";
import { createLocalFiles } from "../../os/files/local_files.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { writeOutput } from "../../os/output_file.ts";
import { decryptWith, encryptFor } from "../../secrets/age.ts";
import { readIdentities } from "../../secrets/identity.ts";
import {
  parseRecipients,
  type Recipients,
  RECIPIENTS_NAME,
  withRecipients,
} from "../../secrets/recipients.ts";
import { AGE_ENDING } from "../../secrets/sources/age_files.ts";

const FILE_BYTES = 1024 * 1024;

/** Encrypted secrets, and for whom they are. */
export class SecretFiles {
  readonly directory: string;
  readonly files: Files;

  /** `directory` is absolute. */
  constructor(directory: string) {
    this.directory = directory;
    const parts = { clock: createLocalClock(), random: createLocalRandom() };
    this.files = createLocalFiles({ ...parts, prefix: undefined });
  }

  /** Where a secret is. */
  pathOf(name: string): string {
    return join(this.directory, `${name}${AGE_ENDING}`);
  }

  /** The names of all that are there, sorted. */
  async names(): Promise<Result<readonly string[]>> {
    const seen = await this.files.look(this.directory);
    if (!seen.ok) return seen;
    if (seen.value.type === "absent") return ok([]);
    const listed = await this.files.list(this.directory);
    if (!listed.ok) return listed;
    const names = listed.value.entries.map(({ name }) => name);
    return ok(
      names.filter((name) => name.endsWith(AGE_ENDING)).map((name) =>
        name.slice(0, -AGE_ENDING.length)
      ),
    );
  }

  /** What the file of recipients says. */
  async recipients(): Promise<Result<Recipients>> {
    const text = await this.#recipientsText();
    return text.ok ? parseRecipients(text.value) : text;
  }

  async #recipientsText(): Promise<Result<string>> {
    const path = join(this.directory, RECIPIENTS_NAME);
    const bytes = await this.#read(path);
    return bytes.ok ? ok(new TextDecoder().decode(bytes.value)) : bytes;
  }

  /** Writes down for whom a secret is. */
  async setRecipients(name: string, recipients: readonly string[]): Promise<Result<void>> {
    const text = await this.#recipientsText();
    if (!text.ok) return text;
    const next = withRecipients(text.value, name, recipients);
    if (next === text.value) return ok(undefined);
    return await this.#write(RECIPIENTS_NAME, next);
  }

  /** A secret as it stands in its file; empty: there is none. */
  encrypted(name: string): Promise<Result<Uint8Array>> {
    return this.#read(this.pathOf(name));
  }

  /** The value of a secret, by one of these keys; undefined: it is not there. */
  async decrypt(
    name: string,
    identities: readonly string[],
  ): Promise<Result<Uint8Array | undefined>> {
    const bytes = await this.#read(this.pathOf(name));
    if (!bytes.ok) return bytes;
    if (bytes.value.length === 0) return ok(undefined);
    const value = await decryptWith(bytes.value, identities);
    if (value.ok) return value;
    return fail(`${this.pathOf(name)} cannot be read: ${value.failure.message}`, {
      hint: "name a file with a key that can read it: --identity FILE",
    });
  }

  /** Writes a secret anew. */
  async encrypt(
    name: string,
    value: Uint8Array,
    recipients: readonly string[],
  ): Promise<Result<void>> {
    const text = await encryptFor(value, recipients);
    return text.ok ? await this.#write(`${name}${AGE_ENDING}`, text.value) : text;
  }

  /** Resolves when all is on the disk. */
  landed(): Promise<void> {
    return this.files.landed();
  }

  /** The keys in those files that are there. */
  async identities(paths: readonly string[]): Promise<Result<readonly string[]>> {
    const found: string[] = [];
    for (const path of paths) {
      const read = await readIdentities(this.files, path, ownUid());
      if (!read.ok) return read;
      found.push(...read.value);
    }
    return ok(found);
  }

  /** Nothing, where nothing is. */
  async #read(path: string): Promise<Result<Uint8Array>> {
    const seen = await this.files.look(path, { contentUpToBytes: FILE_BYTES });
    if (!seen.ok) return seen;
    if (seen.value.type === "absent") return ok(new Uint8Array());
    const content = seen.value.type === "file" ? seen.value.content : undefined;
    return content === undefined ? fail(`${path} is no file, or too large`) : ok(content);
  }

  async #write(name: string, text: string): Promise<Result<void>> {
    const seen = await this.files.look(this.directory);
    if (!seen.ok) return seen;
    if (seen.value.type === "absent") {
      const made = await this.files.makeDirectory(this.directory, {});
      if (!made.ok) return made;
    }
    return await writeOutput(
      this.files,
      join(this.directory, name),
      new TextEncoder().encode(text),
    );
  }
}
