/**
 * Gathers the notices of all that goes into an executable, for `mgmt version --licenses`. Fails where one is missing.
 *
 * Usage: deno run -A scripts/notices.ts CODE RUNTIME DENO_VERSION OUTPUT [ETCD_NOTICES]
 *
 * CODE has the bundle with its source maps, OUTPUT is compressed.
 *
 * @module
 */

import { bundledPackages, goModules, runtimeCrates } from "./notices/components.ts";
import { noticesText } from "./notices/text.ts";

const [code, runtime, deno, output, etcd] = Deno.args;
if (code === undefined || runtime === undefined || deno === undefined || output === undefined) {
  throw new Error("needs where the code is, where the runtime is, its version, and where to write");
}
const text = noticesText({
  deno,
  runtime: Deno.readTextFileSync(new URL("notices/deno_runtime.txt", import.meta.url)),
  crates: await runtimeCrates(runtime),
  packages: bundledPackages(code),
  modules: etcd === undefined ? [] : goModules(etcd),
});
const packed = new Blob([text]).stream().pipeThrough(new CompressionStream("gzip"));
await Deno.writeFile(output, packed);
