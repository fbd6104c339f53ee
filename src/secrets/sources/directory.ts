/**
 * Secrets in a directory: a file for each, that nobody else can read.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { shellWord } from "../../base/shell_word.ts";
import type { Files, Sight, Stat } from "../../os/files/files.ts";
import type { SecretSource } from "../source.ts";

/** What a directory of secrets is read by. */
export interface SecretDirectoryOptions {
  /** Absolute. */
  readonly path: string;
  readonly label: string;
  readonly files: Pick<Files, "look">;
  /** The agent's user. */
  readonly ownUid: number;
  /** Systemd made it, and sees to it that only the service can read what is in it. */
  readonly isSystemds?: boolean;
  /** Why nothing in it can be trusted, for instance because others can write on the way to it. */
  readonly distrust: () => Promise<Result<void>>;
}

const UNSAFE = "secret-unsafe";

/** The directory as a source of secrets; it need not be there. */
export function secretDirectory(options: SecretDirectoryOptions): SecretSource {
  const { path, label } = options;
  return {
    label,
    entryOf: (name) => name,
    watched: { directory: path, files: [] },
    read: async (name) => {
      const { files } = options;
      const file = `${path}/${name}`;
      const seen = await files.look(file, { contentUpToBytes: LIMITS.secretBytes });
      if (!seen.ok) return unreadable(name, file, seen.failure.message);
      if (seen.value.type === "absent") return ok(undefined);
      const trusted = await options.distrust();
      if (!trusted.ok) return trusted;
      return contentOf(name, file, seen.value, options);
    },
  };
}

function contentOf(
  name: string,
  file: string,
  sight: Exclude<Sight, { type: "absent" }>,
  { ownUid, isSystemds = false }: SecretDirectoryOptions,
): Result<Uint8Array> {
  if (sight.type !== "file") {
    return unsafe(name, `${file} is no regular file`, `write its value into a file there`);
  }
  const { stat, content } = sight;
  const word = shellWord(file);
  if (!isSystemds && isOpen(stat)) {
    const mode = stat.mode.toString(8).padStart(4, "0");
    return unsafe(name, `${file} (mode ${mode}) can be read by others`, `chmod 0600 ${word}`);
  }
  if (!isSystemds && stat.uid !== 0 && stat.uid !== ownUid) {
    const owner = `${file} belongs to the user ${stat.uid}`;
    return unsafe(name, owner, `chown ${ownUid} ${word}`);
  }
  if (content !== undefined) return ok(content);
  return stat.size > LIMITS.secretBytes
    ? fail(`the secret ${name} is not used: ${file} is larger than ${LIMITS.secretBytes} bytes`, {
      code: "secret-unfit",
    })
    : unreadable(name, file, "it has no content that can be read");
}

function isOpen({ mode }: Stat): boolean {
  return (mode & 0o077) !== 0;
}

function unsafe(name: string, why: string, hint: string): Result<never> {
  return fail(`the secret ${name} is not used: ${why}`, { code: UNSAFE, hint });
}

function unreadable(name: string, file: string, why: string): Result<never> {
  return fail(`the secret ${name} cannot be read from ${file}: ${why}`, {
    code: "secret-unreadable",
    hint: "let the agent's user read it",
  });
}
