/**
 * What the leader has read, sorted by what it means.
 *
 * @module
 */

import { leaderKey, operationKey, type ParsedKey, parseKey, rollingKey } from "../store/keys.ts";
import { rotationKey } from "../store/rotation_keys.ts";
import { isWithout } from "./rotation.ts";
import { secureAskedHost, secureKey } from "../store/secure_keys.ts";
import type { SecuringView } from "./view.ts";
import type { MembershipChange } from "../store/membership_change.ts";
import {
  type BackoffRecord,
  type ClaimRecord,
  type LiveRecord,
  type NominationRecord,
  read,
  readIdealSize,
  type RollingRecord,
  type RotationRecord,
  type SecureStage,
  type StatusRecord,
  type VolunteerRecord,
} from "../store/records.ts";
import type { StoreEntry } from "../store/store.ts";

/** What is written down of one host. */
export interface HostRecords {
  live?: boolean;
  run?: LiveRecord;
  claim?: ClaimRecord;
  volunteer?: VolunteerRecord;
  offerRevision?: number;
  status?: StatusRecord;
  nomination?: { record: NominationRecord; revision: number };
  backoff?: { record: BackoffRecord; revision: number };
}

/** A reading, sorted. */
export interface Sorted {
  readonly hosts: ReadonlyMap<string, HostRecords>;
  readonly idealSize: number | undefined;
  /** The members that are to be forgotten, and whose they are. */
  readonly forgotten: ReadonlyMap<string, string>;
  readonly operation: { readonly value: MembershipChange; readonly revision: number } | undefined;
  /** There is a journal entry, but not one that can be read. */
  readonly strangeOperation: StoreEntry | undefined;
  readonly leader: StoreEntry | undefined;
  readonly rolling?: { readonly record: RollingRecord; readonly revision: number };
  /** The authority is being replaced. */
  readonly rotation?: RotationRecord;
  readonly securing?: SecuringView & { readonly revision: number };
}

/** Sorts what was read by what it means. */
export function sortEntries(entries: readonly StoreEntry[]): Sorted {
  const hosts = new Map<string, HostRecords>();
  const of = (host: string) => {
    const records = hosts.get(host) ?? {};
    hosts.set(host, records);
    return records;
  };
  const forgotten = new Map<string, string>();
  const onlyHosts = new Set<string>();
  let idealSize: number | undefined;
  for (const { key, value, modRevision: revision, createRevision, lease } of entries) {
    const parsed = parseKey(key);
    if (lease === undefined && isLeased(parsed)) continue;
    if (parsed?.type === "idealSize") idealSize = readIdealSize(value);
    else if (parsed?.type === "live") {
      of(parsed.host).live = true;
      assign(of(parsed.host), "run", read.live(value));
    } else if (parsed?.type === "claim") assign(of(parsed.host), "claim", read.claim(value));
    else if (parsed?.type === "forgotten") {
      forgotten.set(parsed.memberId, read.forgotten(value)?.host ?? parsed.memberId);
    } else if (parsed?.type === "binding") {
      if (read.binding(value)?.role === "host") onlyHosts.add(parsed.host);
    } else if (parsed?.type === "volunteer") {
      assign(of(parsed.host), "volunteer", read.volunteer(value));
      of(parsed.host).offerRevision = createRevision;
    } else if (parsed?.type === "status") assign(of(parsed.host), "status", read.status(value));
    else if (parsed?.type === "nominated") {
      const record = read.nomination(value);
      assign(of(parsed.host), "nomination", record && { record, revision });
    } else if (parsed?.type === "backoff") {
      const record = read.backoff(value);
      assign(of(parsed.host), "backoff", record && { record, revision });
    }
  }
  const rotation = rotationUnderWay(entries);
  for (const [host, records] of hosts) {
    if (isAsked(records)) records.live = false;
    // Who does not have the server role could not run etcd, whatever it offers.
    const isOut = isWithout(rotation?.without, { host, id: records.run?.id });
    if (isOut || onlyHosts.has(host)) delete records.volunteer;
    else withOffer(records);
  }
  const journal = entries.find((entry) => entry.key === operationKey());
  const operation = read.operation(journal?.value);
  const rolling = rollingIn(entries);
  const securing = securingIn(entries);
  return {
    hosts,
    idealSize,
    forgotten,
    operation: operation && journal && { value: operation, revision: journal.modRevision },
    strangeOperation: operation === undefined ? journal : undefined,
    leader: entries.find((entry) => entry.key === leaderKey()),
    ...(rolling === undefined ? {} : { rolling }),
    ...(rotation === undefined ? {} : { rotation }),
    ...(securing === undefined ? {} : { securing }),
  };
}

function securingIn(entries: readonly StoreEntry[]): Sorted["securing"] {
  const entry = entries.find(({ key }) => key === secureKey());
  const record = read.secure(entry?.value);
  if (record === undefined || entry === undefined) return undefined;
  const stages = new Map<string, SecureStage>();
  for (const { key, value } of entries) {
    const host = secureAskedHost(key);
    const asked = host === undefined ? undefined : read.secureAsked(value);
    if (host !== undefined && asked !== undefined) stages.set(host, asked.stage);
  }
  return { record, stages, revision: entry.modRevision };
}

function rollingIn(entries: readonly StoreEntry[]): Sorted["rolling"] {
  const entry = entries.find(({ key }) => key === rollingKey());
  const record = read.rolling(entry?.value);
  return record && entry && { record, revision: entry.modRevision };
}

function rotationUnderWay(entries: readonly StoreEntry[]): RotationRecord | undefined {
  const record = read.rotation(entries.find(({ key }) => key === rotationKey())?.value);
  return record?.step === "done" ? undefined : record;
}

/** The next run of an agent waits for the last one to be over: what that said of itself is old. */
function isAsked({ run, claim }: HostRecords): boolean {
  return run !== undefined && claim !== undefined && claim.id === run.id &&
    claim.nonce !== run.nonce && run.answered?.includes(claim.nonce) !== true;
}

/**
 * Who takes back its offer says so in its status. An offer that was overwritten or removed by hand is
 * written again in a moment: until then nobody is taken for one who has withdrawn.
 */
function withOffer(records: HostRecords): void {
  const { live, status, volunteer } = records;
  if (live !== true || volunteer !== undefined || status?.peerUrls === undefined) return;
  records.volunteer = { clientUrls: status.clientUrls ?? [], peerUrls: status.peerUrls };
}

/** A host writes that with its lease: without one it is nobody's, and would stay for ever. */
function isLeased(parsed: ParsedKey | undefined): boolean {
  return parsed?.type === "live" || parsed?.type === "volunteer" || parsed?.type === "status" ||
    parsed?.type === "claim";
}

function assign<K extends keyof HostRecords>(
  records: HostRecords,
  key: K,
  value: HostRecords[K],
): void {
  if (value !== undefined) records[key] = value;
}
