/** Installs one package with apt's provider, as an agent does that is going to be killed. */

import { createLocalHost } from "../../src/host/local.ts";
import { createNativeApt } from "../../src/packages/apt/provider.ts";

const [name = ""] = Deno.args;
const host = createLocalHost({ prefix: undefined, warn: () => {} });
const problem = await createNativeApt(host).change([{
  name,
  to: "newest",
  trust: { allowUntrusted: false, allowNonfree: false, allowUnsupported: false },
  alone: false,
  progress: (text) => console.log(text),
  signal: new AbortController().signal,
}]);
console.log(problem?.message ?? "done");
await host.close();
