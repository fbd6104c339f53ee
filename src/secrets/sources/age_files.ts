/**
 * Secrets that are encrypted for this host, in files beside the graph.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import type { Files } from "../../os/files/files.ts";
import type { SecretSource } from "../source.ts";

/** The directory beside a graph, and how the files in it end. */
export const AGE_DIRECTORY = "secrets";
export const AGE_ENDING = ".age";

/** Its head grows with the number of recipients, and text takes a third more. */
const FILE_BYTES = 4 * LIMITS.secretBytes;

/** What encrypted files are read by. */
export interface AgeFilesOptions {
  /** Absolute. */
  readonly directory: string;
  readonly files: Pick<Files, "look">;
  /** The keys of this host, and where they are. */
  readonly identities: () => Promise<Result<readonly string[]>>;
  readonly identityPath: string | undefined;
  /** Why a file in the directory cannot be trusted: who may write it, or on the way to it. */
  readonly distrust: (path: string) => Promise<Result<void>>;
}

/** The directory as a source of secrets; it need not be there. */
export function ageFiles(options: AgeFilesOptions): SecretSource {
  const { directory, files, identityPath } = options;
  const entryOf = (name: string) => `${name}${AGE_ENDING}`;
  return {
    label: directory,
    entryOf,
    watched: { directory, files: identityPath === undefined ? [] : [identityPath] },
    read: async (name) => {
      const path = `${directory}/${entryOf(name)}`;
      const seen = await files.look(path, { contentUpToBytes: FILE_BYTES });
      if (!seen.ok) return seen;
      if (seen.value.type === "absent") return ok(undefined);
      const content = seen.value.type === "file" ? seen.value.content : undefined;
      if (content === undefined) {
        return fail(`the secret ${name} is not used: ${path} is no file, or too large`, {
          code: "secret-unfit",
          hint: `write it anew: mgmt secret encrypt ${name}`,
        });
      }
      const trusted = await options.distrust(path);
      return trusted.ok ? await decrypted(name, path, content, options) : trusted;
    },
  };
}

async function decrypted(
  name: string,
  path: string,
  content: Uint8Array,
  { identities }: AgeFilesOptions,
): Promise<Result<Uint8Array>> {
  const keys = await identities();
  if (!keys.ok) return keys;
  const code = "secret-unreadable";
  if (keys.value.length === 0) {
    return fail(`the secret ${name} cannot be read from ${path}: this host has no identity`, {
      code,
      hint: "mgmt secret identity makes one, and shows for whom the secret must be encrypted then",
    });
  }
  const { decryptWith } = await import("../age.ts");
  const value = await decryptWith(content, keys.value);
  if (value.ok) return value;
  return fail(
    `the secret ${name} cannot be read from ${path}: ${value.failure.message}`,
    {
      code,
      hint: "where it was encrypted, run mgmt secret rekey with this host among the recipients " +
        "(mgmt secret identity shows its own)",
    },
  );
}
