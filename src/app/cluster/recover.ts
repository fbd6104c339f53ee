/**
 * An operator's word after a majority of a cluster's members was lost for good: what is left on this
 * host becomes the cluster. Nothing in the program does that by itself.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { forgetPresence } from "../../cluster/admin/leaving.ts";
import { whyNotRecover } from "../../cluster/admin/recovering.ts";
import type { LocalHost } from "../../host/local.ts";
import { copyData, endLeftEtcd, hasData, runAlone } from "../../etcd/server/recover.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { type ClusterPlace, clusterPlace, withStore } from "./cluster_place.ts";
import { CONTACT, missingText, readContact } from "../../cluster/admin/last_contact.ts";
import { etcdDirectory } from "./active_membership.ts";
import { memberCredentials } from "./prefix_credentials.ts";
import { notConfirmed, whileNoAgentRuns } from "../offline.ts";

export interface RecoverWish {
  /** Do not ask. */
  readonly yes: boolean;
  readonly say: (text: string) => Promise<void>;
}

/** What has to be typed. */
const WORD = "recover";
const DEADLINE_MS = 3000;

/** Makes this host's data the cluster; the result is what to do next. */
export async function recover(given: PlaceFlags, wish: RecoverWish): Promise<Result<string>> {
  if (given.flags.has("seeds")) return fail("recover is for this host: it takes no --seeds");
  const found = clusterPlace({ ...given, environment: () => undefined, takesSeeds: false });
  if (!found.ok) return found;
  const place = found.value;
  const { prefix } = place;
  return await whileNoAgentRuns(
    prefix,
    "mgmt cluster recover",
    (host) => withLock(place, host, wish),
  );
}

async function withLock(
  place: ClusterPlace,
  host: LocalHost,
  { yes, say }: RecoverWish,
): Promise<Result<string>> {
  const { prefix, identity } = place;
  const name = identity?.member?.name;
  const directory = etcdDirectory(prefix);
  if (name === undefined || !hasData({ directory, name })) {
    return fail(`below ${prefix} there is no data of the cluster: this host was no member`, {
      hint: "recover on a host that was one; where none is left, found a new cluster",
    });
  }
  const alive = await withStore(
    place,
    (store) =>
      whyNotRecover(store, place.clientUrls, identity?.member?.memberId, {
        deadlineMs: DEADLINE_MS,
      }),
  );
  if (alive !== undefined) return { ok: false, failure: alive };
  await say(explanation(place, name));
  const unwilling = await notConfirmed(WORD, yes);
  if (unwilling !== undefined) return unwilling;
  const { clock, network, processes, random } = host;
  const { credentials } = place;
  const member = await memberCredentials(prefix, credentials, random);
  if (!member.ok) return member;
  const options = {
    ...{ directory, name, clock, network, processes, credentials },
    member: member.value,
  };
  await endLeftEtcd(options);
  const copy = copyData(options);
  if (!copy.ok) return copy;
  const problem = await runAlone(
    options,
    "only",
    (clientUrl) =>
      withStore(
        { clientUrls: [clientUrl], credentials },
        (store) => forgetPresence(store, { deadlineMs: DEADLINE_MS }),
      ),
  );
  if (problem !== undefined) {
    const hint = `the data as it was is in ${copy.value}`;
    return { ok: false, failure: { ...problem, hint: `${problem.hint ?? ""}; ${hint}` } };
  }
  return ok(nextSteps(copy.value));
}

function explanation({ prefix, identity, texts }: ClusterPlace, name: string): string {
  return [
    `Makes a cluster with one member out of what ${name} has below ${prefix}.`,
    "- Only where a majority of the members is lost for good. Where they can be started again, they",
    "  go on by themselves, and nothing is missing.",
    ...missingText(readContact(texts.get(CONTACT)), identity?.member?.memberId),
    "- First see whether this host is only cut off from the others, by its own network or theirs. They",
    "  may live: then they are the cluster still, and this makes a second one with the same id. Hosts",
    "  and clients would use one or the other, and what is written to one is not in the other.",
    "- What the others wrote and this host had not got yet may be missing: exports (their hosts write them again), a changed size,",
    "  and keys of yours.",
    `- The cluster stays ${
      identity?.clusterId ?? "what it is"
    }: clients find it again by themselves.`,
    "- A copy of the data is kept first.",
    "",
  ].join("\n");
}

function nextSteps(copy: string): string {
  return [
    "This host has the only vote now.",
    `1. Start its agent again, as before. (The data as it was: ${copy})`,
    "2. On every other host that was a member, before its agent starts again:",
    "     mv PREFIX/cluster PREFIX/cluster.lost",
    "   where PREFIX is its --prefix (/var/lib/mgmt, with --hostname NAME /var/lib/mgmt/hosts/NAME).",
    "   Two of them with their old data could otherwise go on as the cluster that was.",
    "3. Start their agents with --seeds and this host's client address: they take part again.",
    "Hosts that were clients need nothing. mgmt members shows how it goes.",
    "",
  ].join("\n");
}
