/**
 * Makes the page of `mgmt web` as the executable has it: its files as one object in JSON, compressed.
 *
 * Usage: deno run -A scripts/page.ts OUTPUT DIRECTORY
 *
 * DIRECTORY gets its programs with their source maps, from which the notices of what is inside are gathered.
 *
 * @module
 */

import { resolve } from "node:path";
import { bundleForBrowser } from "../src/os/browser_bundle.ts";

const [output, directory] = Deno.args;
if (output === undefined || directory === undefined) throw new Error("needs two paths");
const page = new URL("../src/web/page", import.meta.url).pathname;
const text = JSON.stringify(await bundleForBrowser(page, resolve(directory)));
const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
await Deno.writeFile(output, packed);
