import { join } from "node:path";
import { embeddedPart } from "../../os/embedded_part.ts";
import type { PageFiles } from "../../web/assets.ts";

/** `scripts/build` writes here where in the executable they are. */
const PLACE = "@page@";

/** The files of the page: those of the executable, or of a program from its source, made now. */
export async function pageFiles(): Promise<PageFiles> {
  const packed = embeddedPart(PLACE);
  if (packed === undefined) {
    const { bundleForBrowser } = await import("../../os/browser_bundle.ts");
    return await bundleForBrowser(join(import.meta.dirname ?? ".", "../../web/page"));
  }
  const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
  return await new Response(unpacked).json();
}
