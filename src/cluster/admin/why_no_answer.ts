import { fail, type Result } from "../../base/result.ts";
import type { Store } from "../store/store.ts";

/** A member that does not answer must not cost the whole time. */
const STATUS_MS = 1500;

/** Somebody is there, and this is why nothing was asked. */
const SAYS_WHY: ReadonlySet<string | undefined> = new Set([
  "foreign-cluster",
  "speaks-tls",
  "speaks-plain",
  "untrusted",
]);

/** Why a cluster did not answer, as far as its single members can tell. */
export async function whyNoAnswer(
  store: Store,
  clientUrls: readonly string[],
  answer: Result<unknown> & { readonly ok: false },
): Promise<Result<never>> {
  const { failure } = answer;
  const isAway = ["deadline", "unavailable", "learner"].includes(failure.code ?? "");
  if (!isAway) return answer;
  const found = await Promise.all(
    clientUrls.map((url) => store.status(url, { deadlineMs: STATUS_MS })),
  );
  const other = found.find((each) => !each.ok && SAYS_WHY.has(each.failure.code));
  if (other?.ok === false) return other;
  const up = clientUrls.filter((_, index) => found[index]?.ok === true);
  const places = clientUrls.join(", ");
  if (up.length === 0) {
    return fail(`no cluster answers at ${places}`, {
      code: "unavailable",
      hint:
        "does an agent run there? Name other addresses with --seeds, or another --prefix or --hostname",
    });
  }
  return fail(`the cluster cannot decide anything now: ${up.join(", ")} answers, a majority not`, {
    code: "no-quorum",
    hint: "first see whether this host's own network is cut off; else start the other members " +
      "again; only where they are lost for good: mgmt cluster recover",
  });
}
