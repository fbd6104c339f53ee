/** Takes the server role in a directory, over and over: somebody kills it in between. */

import { privateFiles } from "../../src/os/state/private_files.ts";
import { memberTrust, takeServerRole } from "../../src/trust/make_trust.ts";
import { readSecret } from "../../src/trust/pem.ts";
import { forgetTrust } from "../../src/trust/trust_files.ts";
import { RANDOM } from "./trust.ts";
import { unwrap } from "./unwrap.ts";

const [path = "", secret = ""] = Deno.args;
const files = privateFiles(path);
console.log("begins");
for (let round = 0;; round++) {
  unwrap(await takeServerRole(files, unwrap(readSecret(Deno.readTextFileSync(secret))), RANDOM));
  unwrap(await memberTrust(files, [`10.0.${round % 200}.1`], RANDOM));
  if (round % 3 === 2) unwrap(forgetTrust(files));
}
