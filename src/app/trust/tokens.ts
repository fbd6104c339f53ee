/**
 * What `mgmt token` does: texts by which other hosts join the cluster of this one.
 *
 * @module
 */

import { ageOf } from "../../base/age.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { tableText } from "../../base/table.ts";
import { count } from "../../base/words.ts";
import {
  joinedKey,
  joinedRange,
  joinRange,
  parseKey,
  tokenKey,
  tokenRange,
} from "../../cluster/store/keys.ts";
import { read, type TokenRecord, write } from "../../cluster/store/records.ts";
import { listAll, type Store } from "../../cluster/store/store.ts";
import { hostName } from "../../os/host_name.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { privateOutput } from "../../os/private_output.ts";
import { type PrivateFiles, privateFiles } from "../../os/state/private_files.ts";
import { issue, openAuthority } from "../../trust/issuing.ts";
import type { CertifiedKey } from "../../trust/pem.ts";
import type { OpenToken } from "../../trust/open_token.ts";
import { type JoinRole, tokenText } from "../../trust/token.ts";
import { pemFile, readOwnSecret, TRUST_FILES } from "../../trust/trust_files.ts";
import { askCluster } from "../cluster/ask.ts";
import { type ClusterPlace, clusterPlace } from "../cluster/cluster_place.ts";
import { trustDirectory } from "../cluster/known_cluster.ts";
import { openStore } from "../cluster/open_store.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { tokenCredentials } from "./join_cluster.ts";

/** What a token is to be for. */
export interface TokenWish {
  readonly role: JoinRole;
  readonly uses: number;
  readonly forMs: number;
}

const DEADLINE_MS = 5000;
/** The leader makes a user of each token. */
const USER_MS = 15_000;
const LOOK_MS = 50;
const PAGE = 1000;
const MOST_ADDRESSES = 8;
/** A leader that begins anew counts its time anew, and clocks differ: the certificate itself ends later. */
const AFTER_MS = 10 * 60_000;

/** Makes a token for the standard output; the result is what is still to be printed of it. */
export async function printToken(given: PlaceFlags, wish: TokenWish): Promise<Result<string>> {
  const output = privateOutput();
  if (!output.ok) return output;
  const text = await createToken(given, wish);
  return text.ok ? output.value(text.value) : text;
}

/** Makes a token; the result is its text, as soon as hosts can join with it. */
export async function createToken(given: PlaceFlags, wish: TokenWish): Promise<Result<string>> {
  const at = tokenPlace(given);
  if (!at.ok) return at;
  const { place, secret, believed } = at.value;
  const id = createLocalRandom().hex(8);
  const clock = createLocalClock();
  const wallMs = clock.wall().getTime();
  const shown = await certificateOf(secret, id, wallMs + wish.forMs + AFTER_MS);
  if (!shown.ok) return shown;
  const record: TokenRecord = {
    ...wish,
    used: [],
    madeAt: wallMs,
    madeBy: place.host ?? hostName(),
  };
  const written = await askCluster(place, async (store) => {
    const members = await store.members({ deadlineMs: DEADLINE_MS });
    if (!members.ok) return members;
    const transaction = {
      when: [{ key: tokenKey(id), create: 0 }],
      then: [{ type: "put", key: tokenKey(id), value: write(record) } as const],
    };
    const put = await store.transact(transaction, { deadlineMs: DEADLINE_MS });
    if (!put.ok) return put;
    const voters = members.value.members.filter(({ learner }) => !learner);
    return ok(voters.flatMap(({ clientUrls }) => clientUrls).slice(0, MOST_ADDRESSES));
  });
  if (!written.ok) return written;
  const token = { role: wish.role, believed, addresses: written.value, shown: shown.value };
  const text = await tokenText({ ...token, operators: [] });
  if (!text.ok) return text;
  const counts = await countsFor({ ...token, id, operators: [], untilMs: Infinity });
  if (!counts.ok) return counts;
  return ok(`${text.value}\n`);
}

/** The certificate of a token, and its key. */
async function certificateOf(
  secret: CertifiedKey,
  id: string,
  untilMs: number,
): Promise<Result<CertifiedKey>> {
  const authority = await openAuthority(secret);
  if (!authority.ok) return authority;
  return await issue(authority.value, { type: "join", id, untilMs }, createLocalRandom());
}

/** Waits until who has the token is let in to ask. */
async function countsFor(token: OpenToken): Promise<Result<void>> {
  const clock = createLocalClock();
  const credentials = tokenCredentials(token);
  const store = await openStore({ clientUrls: token.addresses, credentials }, clock);
  try {
    const endMs = clock.nowMs() + USER_MS;
    for (;;) {
      const seen = await store.get(joinedKey(token.id, "0".repeat(64)), {
        deadlineMs: DEADLINE_MS,
      });
      if (seen.ok) return ok(undefined);
      if (clock.nowMs() < endMs) await clock.sleep(LOOK_MS);
      else return notYet(seen.failure.message);
    }
  } finally {
    store.close();
  }
}

function notYet(why: string): Result<never> {
  return fail(`the token was written down, and does not count yet: ${why}`, {
    code: "late",
    hint: "mgmt cluster status says who leads; mgmt token list shows it, and revoke takes it back",
  });
}

/** All tokens that count, as a table or an object. */
export async function listTokens(given: PlaceFlags, asJson: boolean): Promise<Result<string>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const tokens = await askCluster(place.value, readTokens);
  if (!tokens.ok) return tokens;
  if (asJson) {
    const list = tokens.value.map(({ id, role, uses, used, forMs, madeAt, madeBy }) => ({
      ...{ id, role, uses, used: used.length, forSeconds: Math.round(forMs / 1000) },
      ...{ madeAt: new Date(madeAt).toISOString(), madeBy },
    }));
    return ok(`${JSON.stringify({ version: 1, type: "tokens", tokens: list })}\n`);
  }
  if (tokens.value.length === 0) return ok("There are no tokens.\n");
  const nowMs = createLocalClock().wall().getTime();
  const rows = tokens.value.map(({ id, role, uses, used, forMs, madeAt, madeBy }) => [
    ...[id, role, `${used.length} of ${uses}`, ageOf(forMs), `${ageOf(nowMs - madeAt)} ago`],
    madeBy,
  ]);
  return ok(tableText([["TOKEN", "ROLE", "USED", "FOR", "MADE", "ON"], ...rows]));
}

/** Takes a token back: nobody joins with it from now on. */
export async function revokeToken(given: PlaceFlags, id: string): Promise<Result<string>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const options = { deadlineMs: DEADLINE_MS };
  const key = tokenKey(id);
  const gone = await askCluster(place.value, (store) =>
    store.transact({
      when: [{ key, create: 0 }],
      then: [],
      otherwise: [
        { type: "get", key },
        { type: "delete", key },
        ...[joinRange(id), joinedRange(id)]
          .map((range) => ({ type: "deleteRange", range } as const)),
      ],
    }, options));
  if (!gone.ok) return gone;
  if (gone.value.succeeded) {
    return fail(`there is no token ${id}`, { hint: "mgmt token list shows those there are" });
  }
  const used = read.token(gone.value.got[0]?.value)?.used.length ?? 0;
  const stay = used === 0
    ? "nobody has joined with it"
    : `${count(used, "host")} joined with it and stay`;
  return ok(`Token ${id} counts no more; ${stay}.\n`);
}

async function readTokens(
  store: Store,
): Promise<Result<readonly (TokenRecord & { readonly id: string })[]>> {
  const page = await listAll(store, tokenRange(), { deadlineMs: DEADLINE_MS, limit: PAGE });
  if (!page.ok) return page;
  return ok(page.value.entries.flatMap(({ key, value }) => {
    const parsed = parseKey(key);
    const record = read.token(value);
    return parsed?.type === "token" && record !== undefined ? [{ ...record, id: parsed.id }] : [];
  }));
}

/** A host that can make tokens: it has its cluster's secret. */
interface TokenPlace {
  readonly place: ClusterPlace;
  readonly secret: CertifiedKey;
  /** Certificates of the authorities that count, PEM. */
  readonly believed: string;
}

function tokenPlace(given: PlaceFlags): Result<TokenPlace> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const files: PrivateFiles = privateFiles(trustDirectory(place.value.prefix));
  const [secret, ca] = [readOwnSecret(files), pemFile(files, TRUST_FILES.believed)];
  if (!secret.ok) return secret;
  if (!ca.ok) return ca;
  if (ca.value === undefined) {
    return fail(
      `the cluster of ${place.value.prefix} is plain text: hosts join it without a token`,
      {
        code: "plain-cluster",
      },
    );
  }
  if (secret.value === undefined) {
    return fail("this host cannot make tokens: it has no server role in its cluster", {
      code: "role",
      hint: "on a host that runs etcd (mgmt members): mgmt token create",
    });
  }
  return ok({ place: place.value, secret: secret.value, believed: ca.value.text });
}
