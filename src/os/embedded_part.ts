/**
 * Reads a part that `scripts/build` has put behind the runtime in the executable. `place`: its offset and its length,
 * with a colon; undefined: nothing was written there, for the program runs from its source.
 */
export function embeddedPart(place: string): Uint8Array<ArrayBuffer> | undefined {
  const [offset, length] = place.split(":").map(Number);
  if (offset === undefined || length === undefined) return undefined;
  using file = openOwn();
  file.seekSync(offset, Deno.SeekMode.Start);
  const bytes = new Uint8Array(length);
  for (let done = 0; done < length;) {
    const count = file.readSync(bytes.subarray(done));
    if (count === null) throw new Error("this executable is cut short");
    done += count;
  }
  return bytes;
}

/** Where /proc is not mounted, the executable is opened by its path. */
function openOwn(): Deno.FsFile {
  try {
    return Deno.openSync("/proc/self/exe");
  } catch {
    return Deno.openSync(Deno.execPath());
  }
}
