import { fail, type Result } from "../../base/result.ts";
import { readPrivateFile } from "../../os/state/private_files.ts";
import { type OpenToken, openToken } from "../../trust/open_token.ts";
import type { TrustWish } from "../cluster/trust_mode.ts";

/** Opens the token that a run was given, by itself or in a file that nobody else can read. */
export async function readGivenToken(
  { token, tokenFile }: Pick<TrustWish, "token" | "tokenFile">,
): Promise<Result<OpenToken>> {
  if (tokenFile === undefined) return await openToken(token ?? "");
  const content = readPrivateFile(tokenFile);
  if (!content.ok) return content;
  if (content.value === undefined) {
    return fail(`there is no ${tokenFile}`, {
      code: "no-file",
      hint: "mgmt token create > FILE, on a host that runs etcd, writes one",
    });
  }
  const opened = await openToken(new TextDecoder().decode(content.value));
  if (opened.ok) return opened;
  const { message, ...more } = opened.failure;
  return fail(`${tokenFile}: ${message}`, more);
}
