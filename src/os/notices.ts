import { join } from "node:path";

/** `scripts/build` leaves them here, compressed, beside the code that has this. */
const PLACE = join(import.meta.dirname ?? ".", "notices.gz");

/** The notices of all that is inside this program; undefined: it runs from its source. */
export async function notices(): Promise<string | undefined> {
  let packed: Uint8Array<ArrayBuffer>;
  try {
    packed = await Deno.readFile(PLACE);
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return undefined;
    throw thrown;
  }
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(unpacked).text();
}
