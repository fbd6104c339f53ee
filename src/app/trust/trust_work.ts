/** Does with this host's certificates and keys what its agent says. */

import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import type { TrustAnswer, TrustTask } from "../../cluster/agent/trust_work.ts";
import type { Random } from "../../os/random.ts";
import type { PrivateFiles } from "../../os/state/private_files.ts";
import { followRotation, makeNext, type MarkedAuthority, standOf } from "../../trust/rotating.ts";

/** Does it; what others wrote ends nobody, whatever a library makes of it. */
export async function doTrustWork(
  wish: TrustTask,
  files: PrivateFiles,
  random: Random,
): Promise<Result<TrustAnswer>> {
  try {
    return await done(wish, files, random);
  } catch (thrown) {
    return fail(`the certificates of this host: ${reasonOf(thrown)}`);
  }
}

async function done(
  wish: TrustTask,
  files: PrivateFiles,
  random: Random,
): Promise<Result<TrustAnswer>> {
  switch (wish.type) {
    case "make": {
      const made = await makeNext(files, random);
      return made.ok ? ok({ made: made.value }) : made;
    }
    case "give": {
      const { host, text, next } = wish;
      const { keyAnswer } = await handingOver();
      const given = await keyAnswer(files, { host, text }, next, random);
      return given.ok ? ok({ given: given.value }) : given;
    }
    case "follow":
      return await follow(wish, files, random);
  }
}

async function follow(
  { host, rotation, given }: TrustTask & { readonly type: "follow" },
  files: PrivateFiles,
  random: Random,
): Promise<Result<TrustAnswer>> {
  const before = await standOf(files);
  if (!before.ok) return before;
  if (rotation === undefined) return ok({ stand: before.value });
  const { next } = rotation;
  const lacks = before.value.keys.length > 0 && !before.value.keys.includes(next.mark);
  const request = lacks ? await takeKey(files, host, next, given) : ok(undefined);
  if (!request.ok) return request;
  const followed = await followRotation(files, rotation, random);
  if (!followed.ok) return followed;
  const stand = await standOf(files);
  if (!stand.ok) return stand;
  return ok({
    stand: stand.value,
    ...(request.value === undefined ? {} : { request: request.value }),
  });
}

/** Takes the key that was given; the result is how to ask for it where that cannot be read, or is not there. */
async function takeKey(
  files: PrivateFiles,
  host: string,
  next: MarkedAuthority,
  given: string | undefined,
): Promise<Result<string | undefined>> {
  const { keepKey, keyRequest } = await handingOver();
  const kept = given === undefined ? undefined : await keepKey(files, given, next);
  return kept?.ok === true ? ok(undefined) : await keyRequest(files, host, next);
}

/** What encrypts is loaded where a key is on its way. */
function handingOver(): Promise<typeof import("../../trust/handing_over.ts")> {
  return import("../../trust/handing_over.ts");
}
