const encoder = new TextEncoder();
/** One for all calls: the kernel takes no longer path. */
const pathBytes = new Uint8Array(4096);

/** A text as the C library wants it, valid until the next call. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  const { read, written } = encoder.encodeInto(text, pathBytes);
  // What is too long is cut to nothing, which the kernel calls missing.
  pathBytes[read === text.length && written < pathBytes.length ? written : 0] = 0;
  return pathBytes;
}
