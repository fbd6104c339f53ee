import { assert } from "@std/assert";
import { EXECUTABLE } from "../support/program.ts";

/** So much may `deno compile` have added: each start reads all of it, which takes 1.3 ms a MB. */
const LARGEST_MB = 3.8;

Deno.test("what each start reads of the executable is small: large things that few runs need are behind the runtime", () => {
  const file = Deno.openSync(EXECUTABLE);
  try {
    const end = file.seekSync(-8, Deno.SeekMode.End);
    const last = new Uint8Array(8);
    file.readSync(last);
    const bytes = Number(new DataView(last.buffer).getBigUint64(0, true));
    assert(bytes > 1_000_000 && bytes < end, `${bytes} bytes are too few to be true`);
    const mb = bytes / 1e6;
    assert(mb < LARGEST_MB, `${mb.toFixed(1)} MB are read, more than ${LARGEST_MB}`);
  } finally {
    file.close();
  }
});
