/**
 * What `mgmt operator` does: who may look at a cluster and say what it is to be, from anywhere.
 *
 * @module
 */

import { ageOf } from "../../base/age.ts";
import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import { tableText } from "../../base/table.ts";
import {
  idealSizeKey,
  isOperatorName,
  operatorKey,
  operatorRange,
  parseKey,
} from "../../cluster/store/keys.ts";
import { type OperatorRecord, read, write } from "../../cluster/store/records.ts";
import { listAll, type Store } from "../../cluster/store/store.ts";
import { hostName } from "../../os/host_name.ts";
import { createLocalClock } from "../../os/local_clock.ts";
import { createLocalRandom } from "../../os/local_random.ts";
import { privateOutput } from "../../os/private_output.ts";
import { issue } from "../../trust/issuing.ts";
import { operatorText } from "../../trust/operator_file.ts";
import { createSigningKey } from "../../trust/signing_key.ts";
import type { PlaceFlags } from "../agent_prefix.ts";
import { clusterPlace } from "../cluster/cluster_place.ts";
import { type LetIn, letIn } from "./let_in.ts";
import { askAsServer, type SignedThing, signingHost } from "./signing_host.ts";

const DEADLINE_MS = 5000;
const PAGE = 500;
/** For the leader to take the rights away. */
const GONE_MS = 15_000;
const LOOK_MS = 200;
/** The leader ends an operator; its certificate ends later, for the clocks of hosts differ. */
const AFTER_MS = 10 * 60_000;
const OPERATORS: SignedThing = {
  what: "operators",
  command: "mgmt operator add NAME > FILE",
  inPlain: "whoever reaches it may do everything",
};

/**
 * Makes an operator's file for the standard output; the result is what is still to be printed of it. `say`
 * hears who was added, and until when.
 */
export async function printOperator(
  given: PlaceFlags,
  name: string,
  forMs: number,
  say: (text: string) => Promise<void>,
): Promise<Result<string>> {
  const output = privateOutput();
  if (!output.ok) return output;
  const made = await addOperator(given, name, forMs);
  if (!made.ok) return made;
  const printed = output.value(made.value.text);
  if (!printed.ok) await made.value.takeBack();
  else await say(`operator ${name}: counts until ${minuteOf(made.value.endMs)} UTC`);
  return printed;
}

/** Adds an operator, who counts for that long; the result is the file, and when that is over. */
export async function addOperator(
  given: PlaceFlags,
  name: string,
  forMs: number,
): Promise<Result<Pick<LetIn, "takeBack"> & { readonly text: string; readonly endMs: number }>> {
  if (!isOperatorName(name)) return noName(name);
  const at = await signingHost(given, OPERATORS);
  if (!at.ok) return at;
  const { place, authority, believed } = at.value;
  const random = createLocalRandom();
  const madeAt = createLocalClock().wall().getTime();
  const untilMs = madeAt + forMs + AFTER_MS;
  // With new digits each time: whoever has the file of somebody who was removed is nobody.
  const certified = `${name}-${random.hex(4)}`;
  const shown = await issue(authority, { type: "operator", name: certified, untilMs }, random);
  if (!shown.ok) return shown;
  const { signer, known } = await createSigningKey();
  const madeBy = place.host ?? hostName();
  const user = `op-${certified}`;
  const record: OperatorRecord = { user, forMs, untilMs, signer: known, madeAt, madeBy };
  const counts = await letIn(place, {
    ...{ key: operatorKey(name), value: write(record), shown: shown.value, believed },
    tries: (store, options) => store.get(idealSizeKey(), options),
    taken: () => taken(name),
  });
  if (!counts.ok) return counts;
  const { addresses, takeBack } = counts.value;
  // The certificate ends later: the leader's clock decides.
  const endMs = madeAt + forMs;
  const file = { name, shown: shown.value, untilMs: endMs, signer, believed, addresses };
  return ok({ text: operatorText(file), endMs, takeBack });
}

function noName(name: string): Result<never> {
  return fail(`${JSON.stringify(name.slice(0, 80))} is no name of an operator`, {
    hint:
      "small letters, digits, dots, hyphens and underscores, a letter or digit first, 50 at most",
  });
}

function taken(name: string): Failure {
  return failure(`there is an operator ${name} already`, {
    code: "name-taken",
    hint:
      `mgmt operator list says since when; where the file is lost: mgmt operator remove ${name}`,
  });
}

/** All operators, as a table or an object. */
export async function listOperators(given: PlaceFlags, asJson: boolean): Promise<Result<string>> {
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const command = "mgmt operator list";
  const found = await askAsServer(place.value, { cannot: "list operators", command }, readAll);
  if (!found.ok) return found;
  if (asJson) {
    const operators = found.value.map(({ name, user, forMs, madeAt, madeBy, signer }) => ({
      ...{ name, user, until: timeOf(madeAt + forMs), madeAt: timeOf(madeAt), madeBy, signer },
    }));
    return ok(`${JSON.stringify({ version: 1, type: "operators", operators })}\n`);
  }
  if (found.value.length === 0) return ok("There are no operators.\n");
  const nowMs = createLocalClock().wall().getTime();
  const rows = found.value.map(({ name, forMs, madeAt, madeBy }) => [
    ...[name, minuteOf(madeAt + forMs), `${ageOf(nowMs - madeAt)} ago`, madeBy],
  ]);
  return ok(tableText([["OPERATOR", "UNTIL (UTC)", "MADE", "ON"], ...rows]));
}

function minuteOf(ms: number): string {
  return timeOf(ms).slice(0, 16).replace("T", " ");
}

function timeOf(ms: number): string {
  const time = new Date(ms);
  return Number.isNaN(time.getTime()) ? "?" : time.toISOString();
}

async function readAll(
  store: Store,
): Promise<Result<readonly (OperatorRecord & { readonly name: string })[]>> {
  const options = { deadlineMs: DEADLINE_MS, limit: PAGE };
  const page = await listAll(store, operatorRange(), options);
  if (!page.ok) return page;
  return ok(page.value.entries.flatMap(({ key, value }) => {
    const parsed = parseKey(key);
    const record = read.operator(value);
    const isOne = parsed?.type === "operator" && record !== undefined;
    return isOne ? [{ ...record, name: parsed.name }] : [];
  }));
}

/** Removes an operator, and waits until it may do nothing more. */
export async function removeOperator(given: PlaceFlags, name: string): Promise<Result<string>> {
  if (!isOperatorName(name)) return noName(name);
  const place = clusterPlace(given);
  if (!place.ok) return place;
  const key = operatorKey(name);
  const asking = { cannot: "remove operators", command: `mgmt operator remove ${name}` };
  return await askAsServer(place.value, asking, async (store) => {
    const gone = await store.transact({
      when: [{ key, create: 0 }],
      then: [],
      otherwise: [{ type: "get", key }, { type: "delete", key }],
    }, { deadlineMs: DEADLINE_MS });
    if (!gone.ok) return gone;
    if (gone.value.succeeded) {
      return fail(`there is no operator ${name}`, {
        code: "unknown",
        hint: "mgmt operator list shows those there are",
      });
    }
    const user = read.operator(gone.value.got[0]?.value)?.user;
    const isOut = user === undefined || await untilGone(store, user);
    return isOut ? ok(`${name} is no operator any more.\n`) : notYet(name);
  });
}

async function untilGone(store: Store, user: string): Promise<boolean> {
  const clock = createLocalClock();
  const endMs = clock.nowMs() + GONE_MS;
  for (;;) {
    const rights = await store.readRights({ deadlineMs: DEADLINE_MS });
    if (rights.ok && !rights.value.users.has(user)) return true;
    if (clock.nowMs() >= endMs) return false;
    await clock.sleep(LOOK_MS);
  }
}

function notYet(name: string): Result<never> {
  return fail(`${name} is removed, and has its rights until a host leads that takes them away`, {
    code: "late",
    hint: "mgmt cluster status says who leads",
  });
}
