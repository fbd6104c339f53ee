import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import type { JoinRequest } from "../../cluster/agent/io.ts";
import type { Judged } from "../../cluster/leader/joins.ts";
import type { Random } from "../../os/random.ts";
import type { PrivateFiles } from "../../os/state/private_files.ts";
import { answerText } from "../../trust/answer.ts";
import { readRequest } from "../../trust/request.ts";
import { pemFile, readOwnSecret, TRUST_FILES } from "../../trust/trust_files.ts";

/** Finds out what a host asks for, and makes the answer; the leader decides whether it is given. */
export async function judgeJoin(
  request: JoinRequest,
  files: PrivateFiles,
  random: Random,
): Promise<Result<Judged>> {
  try {
    return await judged(request, files, random);
  } catch (thrown) {
    // Strangers write requests: what a library does not bear ends none of those who lead.
    return fail(`the request is refused: ${reasonOf(thrown)}`, { code: "bad-request" });
  }
}

async function judged(
  { text, key, purpose }: JoinRequest,
  files: PrivateFiles,
  random: Random,
): Promise<Result<Judged>> {
  const request = await readRequest(text, key, purpose);
  if (!request.ok) return request;
  const [secret, ca] = [readOwnSecret(files), pemFile(files, TRUST_FILES.believed)];
  if (!secret.ok) return secret;
  if (!ca.ok) return ca;
  if (secret.value === undefined || ca.value === undefined) {
    return fail("the host that leads cannot let others in: it has not the cluster's secret");
  }
  const party = { secret: secret.value, believed: ca.value.text, random };
  const answer = await answerText(request.value, party);
  if (!answer.ok) return answer;
  const { role, host, id } = request.value;
  const { text: said, serial } = answer.value;
  return ok({ role, host, id, answer: said, ...(serial === undefined ? {} : { serial }) });
}
