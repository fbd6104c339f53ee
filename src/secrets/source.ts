import type { Result } from "../base/result.ts";

/** A place that secrets come from. */
export interface SecretSource {
  /** For messages: `the directory /etc/mgmt/secrets.d`. */
  readonly label: string;
  /** The value of a secret; undefined: it is not there. A failure: it is, or may be, and cannot be used. */
  read(name: string): Promise<Result<Uint8Array | undefined>>;
  /** What is to be watched: a directory, and files elsewhere. */
  readonly watched: { readonly directory: string; readonly files: readonly string[] };
  /** The entry of that directory that a secret is in. */
  entryOf(name: string): string;
}
