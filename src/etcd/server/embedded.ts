/**
 * The etcd inside the executable: compressed, between the Deno runtime and the program, where nothing
 * reads it before it is needed.
 *
 * @module
 */

/** `scripts/build` writes here what is inside and where. */
const INSIDE = "@etcd@";

/** Where in the executable it is, and what it must be once it is unpacked. */
export interface EmbeddedEtcd {
  readonly version: string;
  readonly offset: number;
  readonly packedBytes: number;
  readonly bytes: number;
  /** SHA-256 of the program, hexadecimal. */
  readonly sum: string;
}

/** The etcd inside this program; undefined: it was built without, or runs from its source. */
export function embeddedEtcd(): EmbeddedEtcd | undefined {
  const [version = "", offset, packed, bytes, sum] = INSIDE.split(":");
  if (sum === undefined) return undefined;
  return {
    version,
    offset: Number(offset),
    packedBytes: Number(packed),
    bytes: Number(bytes),
    sum,
  };
}
