import { embeddedPart } from "./embedded_part.ts";

/** `scripts/build` writes here where in the executable they are. */
const PLACE = "@notices@";

/** The notices of all that is inside this program; undefined: it runs from its source. */
export async function notices(): Promise<string | undefined> {
  const packed = embeddedPart(PLACE);
  if (packed === undefined) return undefined;
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(unpacked).text();
}
