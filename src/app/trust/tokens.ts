/**
 * What `mgmt token` does: texts by which other hosts join the cluster of this one.
 *
 * @module
 */

import { ageOf } from "../../base/age.ts";
import { fail, failure, ok, type Result } from "../../base/result.ts";
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
import { issue } from "../../trust/issuing.ts";
import { openToken } from "../../trust/open_token.ts";
import { type JoinRole, tokenText } from "../../trust/token.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { clusterPlace } from "../cluster/cluster_place.ts";
import { type LetIn, letIn } from "./let_in.ts";
import { askAsServer, type SignedThing, signingHost } from "./signing_host.ts";

/** What a token is to be for. */
export interface TokenWish {
  readonly role: JoinRole;
  readonly uses: number;
  readonly forMs: number;
}

const DEADLINE_MS = 5000;
const PAGE = 1000;
const TOKENS: SignedThing = {
  what: "tokens",
  command: "mgmt token create",
  inPlain: "hosts join it without a token",
};
/** A leader that begins anew counts its time anew, and clocks differ: the certificate itself ends later. */
const AFTER_MS = 10 * 60_000;

/**
 * Makes a token for the standard output; the result is what is still to be printed of it. `say` hears by what
 * name it is taken back.
 */
export async function printToken(
  given: PlaceFlags,
  wish: TokenWish,
  say: (text: string) => Promise<void>,
): Promise<Result<string>> {
  const output = privateOutput();
  if (!output.ok) return output;
  const made = await createToken(given, wish);
  if (!made.ok) return made;
  const printed = output.value(made.value.text);
  if (!printed.ok) await made.value.takeBack();
  else {
    const { id, untilMs } = made.value;
    const hosts = count(wish.uses, "host");
    await say(`token ${id}: lets ${hosts} in as ${wish.role}, until ${minuteOf(untilMs)} UTC`);
  }
  return printed;
}

function minuteOf(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? "?" : time.toISOString().slice(0, 16).replace("T", " ");
}

/** A token that counts. */
export interface MadeToken extends Pick<LetIn, "takeBack"> {
  /** With a line's end. */
  readonly text: string;
  /** Its name. */
  readonly id: string;
  /** When it ends, by this host's clock. */
  readonly untilMs: number;
}

/** Makes a token, as soon as hosts can join with it. */
export async function createToken(
  given: PlaceFlags,
  wish: TokenWish,
): Promise<Result<MadeToken>> {
  const at = await signingHost(given, TOKENS);
  if (!at.ok) return at;
  const { place, authority, believed } = at.value;
  const random = createLocalRandom();
  const id = random.hex(8);
  const wallMs = createLocalClock().wall().getTime();
  const untilMs = wallMs + wish.forMs;
  const profile = { type: "join", id, untilMs: untilMs + AFTER_MS } as const;
  const shown = await issue(authority, profile, random);
  if (!shown.ok) return shown;
  const record: TokenRecord = {
    ...wish,
    used: [],
    madeAt: wallMs,
    madeBy: place.host ?? hostName(),
  };
  const counts = await letIn(place, {
    ...{ key: tokenKey(id), value: write(record), shown: shown.value, believed },
    tries: (store, options) => store.get(joinedKey(id, "0".repeat(64)), options),
    taken: () => failure("another token has this one's name", { hint: "try again" }),
  });
  if (!counts.ok) return counts;
  const { addresses, takeBack } = counts.value;
  const token = { role: wish.role, believed, addresses, shown: shown.value, operators: [] };
  const text = await tokenText(token);
  if (text.ok) return ok({ text: `${text.value}\n`, id, untilMs, takeBack });
  await takeBack();
  return text;
}

/** All tokens with which somebody may still join, as a table or an object. */
export async function listTokens(given: PlaceFlags, asJson: boolean): Promise<Result<string>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const asking = { cannot: "list tokens", command: "mgmt token list" };
  const found = await askAsServer(place.value, asking, readTokens);
  if (!found.ok) return found;
  // Of one that is used up the leader keeps whom it let in, for who asks again.
  const tokens = found.value.filter(({ uses, used }) => used.length < uses);
  if (asJson) {
    const list = tokens.map(({ id, role, uses, used, forMs, madeAt, madeBy }) => ({
      ...{ id, role, uses, used: used.length, forSeconds: Math.round(forMs / 1000) },
      ...{ madeAt: new Date(madeAt).toISOString(), madeBy },
    }));
    return ok(`${JSON.stringify({ version: 1, type: "tokens", tokens: list })}\n`);
  }
  if (tokens.length === 0) return ok("There are no tokens.\n");
  const nowMs = createLocalClock().wall().getTime();
  const rows = tokens.map(({ id, role, uses, used, forMs, madeAt, madeBy }) => [
    ...[id, role, `${uses - used.length} of ${uses}`, minuteOf(madeAt + forMs)],
    ...[`${ageOf(nowMs - madeAt)} ago`, madeBy],
  ]);
  return ok(tableText([["TOKEN", "ROLE", "LEFT", "UNTIL (UTC)", "MADE", "ON"], ...rows]));
}

/** Takes a token back, by its name or itself: nobody joins with it from now on. */
export async function revokeToken(given: PlaceFlags, token: string): Promise<Result<string>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const isName = parseKey(tokenKey(token))?.type === "token";
  const named = isName ? ok({ id: token }) : await openToken(token);
  if (!named.ok) return named;
  const { id } = named.value;
  const options = { deadlineMs: DEADLINE_MS };
  const key = tokenKey(id);
  const asking = { cannot: "take tokens back", command: `mgmt token revoke ${id}` };
  const gone = await askAsServer(place.value, asking, (store) =>
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
