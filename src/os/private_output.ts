import * as fs from "node:fs";

/** Where the standard output leads to a file, nobody but its owner may read that from now on. */
export function makeOutputPrivate(): void {
  try {
    if (fs.fstatSync(1).isFile()) fs.fchmodSync(1, 0o600);
  } catch {
    // A file of somebody else: who reads the secret from it is told that it is not safe.
  }
}
