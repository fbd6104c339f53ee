import { fail, type Result } from "../../base/result.ts";
import { shellWord } from "../../base/shell_word.ts";
import { readPrivateFile } from "../../os/state/private_files.ts";
import { openAuthority } from "../../trust/issuing.ts";
import { type CertifiedKey, readSecret } from "../../trust/pem.ts";

/** Reads the secret of a cluster, and tries it, from a file that nobody else can read; `path` is absolute. */
export async function readSecretFile(path: string): Promise<Result<CertifiedKey>> {
  const content = readPrivateFile(path);
  if (!content.ok) return content;
  if (content.value === undefined) {
    return fail(`there is no ${path}`, {
      hint:
        `mgmt cluster secret > ${shellWord(path)} makes one where there is no cluster yet; on a ` +
        "host that runs etcd it writes that of its cluster",
    });
  }
  const secret = readSecret(new TextDecoder().decode(content.value));
  const opened = secret.ok ? await openAuthority(secret.value) : secret;
  if (opened.ok) return secret;
  const { message, ...more } = opened.failure;
  return fail(`${path}: ${message}`, more);
}
