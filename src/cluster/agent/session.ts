/**
 * What the host says of itself in the store, under a lease that it keeps: that it is there, how it
 * is doing, and that it would run etcd.
 *
 * @module
 */

import { type Failure, failure, type Result } from "../../base/result.ts";
import type { IdentityClaim } from "./identity_claim.ts";
import type { MembershipView } from "./membership_view.ts";
import type { HostLease } from "./fleet_places.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { hostKeys, hostOfMember, liveKey, statusKey, volunteerKey } from "../store/keys.ts";
import { sameUrls } from "../leader/operation.ts";
import { read, type StatusRecord, write } from "../store/records.ts";
import type {
  Lease,
  Member,
  StoreEntry,
  StoreOperation,
  TransactionResult,
} from "../store/store.ts";

/** Without a sign of life for so long a host's name is free again. */
const HOST_LEASE_MS = 15_000;
const KEEP_MS = 5000;
const RETRY_MS = 1000;
/** Between two tries to get a name that another host has. */
const NAME_MS = 5000;
const DEADLINE_MS = 3000;
/** Who has just been let in gets its rights in a moment. */
const DENIED_MS = 5000;

/** The last: somebody put a key of his own to it while it was new, and now it is nobody's. */
const LEASE_IS_LOST: ReadonlySet<string> = new Set(["lease-gone", "permission-denied"]);

/** The keys that are there as long as the host is. */
export class Session {
  readonly #queue: EffectQueue;
  readonly #claim: IdentityClaim;
  readonly #holds: () => boolean;
  #lease: string | undefined;
  /** A member of our name that is not ours, and did not answer when it was asked. */
  #silent: string | undefined;
  /** A member of our name has it, whatever its agent does. */
  #barred = false;
  #lostAt = -Infinity;
  #keepAt = -Infinity;
  #retryAt = -Infinity;
  #written: string | undefined;
  /** A write was not answered: it may still come, unless another takes its revision. */
  #unsure = false;
  /** What the keys of this host should hold. */
  #kept = new Map<string, string>();
  /** The revision at which somebody else last changed one of them. */
  #changedAt = 0;
  #wroteAt = -Infinity;
  /** Since when this host may not say anything of itself. */
  #deniedSince: number | undefined;
  /** What the host was when it was looked at last, and since when. */
  #was: string | undefined;
  #since = 0;
  /**
   * When our name was last written, by us as far as we know; 0: it was free. What an earlier lease
   * still has on its way finds another revision, and fails.
   */
  #revision = 0;

  /** `holds`: something is done now that others may not do before the lease is over. */
  constructor(queue: EffectQueue, claim: IdentityClaim, holds: () => boolean) {
    this.#queue = queue;
    this.#claim = claim;
    this.#holds = holds;
  }

  /** What stands in the store as long as the name is ours; undefined: it is not, as far as is known. */
  get live(): string | undefined {
    return this.isRegistered ? this.#kept.get(liveKey(this.#queue.settings.host)) : undefined;
  }

  /** The name is ours, and the others know of us. */
  get isRegistered(): boolean {
    return this.#written !== undefined;
  }

  /** What everything that the host says of itself goes with. */
  get lease(): HostLease | undefined {
    if (this.#lease === undefined) return undefined;
    return { lease: this.#lease, until: this.#lostAt, registered: this.isRegistered };
  }

  /** Gets a lease, keeps it, and keeps what is written with it true. */
  look(status: StatusRecord, volunteers: boolean, contact: MembershipView): void {
    const queue = this.#queue;
    const members = contact.members ?? [];
    // Of two with one name the member keeps it, so that a cluster does not lose who decides.
    const namesake = queue.disk.member === undefined &&
      members.find((one) => this.#isNamesake(one));
    if (namesake) {
      this.#barred = true;
      if (this.#lease !== undefined) this.end();
      return this.#refused(`member ${namesake.name}`, namesake.clientUrls);
    }
    if (this.#lease !== undefined && queue.isDue(this.#lostAt)) this.#lost();
    if (this.#lease === undefined) this.#grant(contact);
    else this.#keep(this.#lease, contact);
    if (this.#lease === undefined) return;
    const { standing } = this.#claim;
    if (standing === "asked") this.#claim.ask(this.#lease);
    else if (!this.isRegistered && this.#mayBeElsewhere(members)) return;
    else this.#write(this.#lease, this.#dated(status), volunteers, contact);
  }

  /** What is there of a key of this host: written again where somebody else has changed it. */
  found(key: string, entry: StoreEntry | undefined, revision: number): void {
    const isName = key === liveKey(this.#queue.settings.host);
    if (isName && this.#revision === 0 && !this.#queue.isBusy("session write")) {
      // That nobody holds it does not matter then.
      if (!this.#barred && this.#claim.judge(entry)) this.#revision = entry?.modRevision ?? 0;
      return;
    }
    // Also while a write is under way: it may have been done before that.
    if (this.#kept.size === 0 || revision <= this.#revision) return;
    const isOurs = entry?.value === this.#kept.get(key) &&
      (entry === undefined || entry.lease === this.#lease);
    if (!isOurs) this.#changedAt = Math.max(this.#changedAt, revision);
  }

  #dated(status: StatusRecord): StatusRecord {
    const is = `${status.etcd} ${status.memberId}`;
    if (this.#was !== is) this.#since = this.#queue.now;
    this.#was = is;
    return { ...status, ...this.#queue.since(this.#since) };
  }

  /** A member of our name at another address: not ourselves, also not from before a disk was lost. */
  #isNamesake({ name, peerUrls }: Member): boolean {
    const { settings } = this.#queue;
    return hostOfMember(name) === settings.host && !sameUrls(peerUrls, settings.peerUrls);
  }

  /**
   * A member of our name and address that is not ours is from before a disk was lost, or of a copy of
   * our state that went on while this one was out: then its etcd runs, and the cluster needs it.
   */
  #mayBeElsewhere(members: readonly Member[]): boolean {
    const queue = this.#queue;
    const { settings: { host }, disk: { member: own } } = queue;
    const other = members.find(({ id, name }) =>
      hostOfMember(name) === host && id !== own?.memberId && name !== own?.name
    );
    const [clientUrl] = other?.clientUrls ?? [];
    if (other === undefined || clientUrl === undefined) return this.#barred = false;
    if (this.#silent === other.id || queue.isBusy("session other")) {
      return this.#silent !== other.id;
    }
    if (!queue.isDue(this.#retryAt)) return true;
    const call = { type: "status", clientUrl } as const;
    queue.call("session other", call, { deadlineMs: DEADLINE_MS }, (result) => {
      if (!result.ok || result.value.memberId !== other.id) {
        this.#silent = other.id;
        this.#barred = false;
        return;
      }
      this.#barred = true;
      this.#retryAt = queue.now + NAME_MS;
      this.#refused(`member ${other.name}`, other.clientUrls);
    });
    return true;
  }

  /** Gives the name free: at once, if nobody could be harmed by that. */
  end(): void {
    if (this.#lease !== undefined && !this.#holds()) {
      const call = { type: "revoke", lease: this.#lease } as const;
      this.#queue.call("session revoke", call, { deadlineMs: DEADLINE_MS }, () => {});
    }
    this.#lost();
  }

  #lost(): void {
    this.#lease = undefined;
    this.#written = undefined;
    this.#revision = 0;
    this.#unsure = false;
    this.#changedAt = 0;
    this.#kept = new Map();
    this.#silent = undefined;
    for (const slot of ["grant", "keep", "write", "other"]) this.#queue.drop(`session ${slot}`);
  }

  #grant(contact: MembershipView): void {
    const queue = this.#queue;
    if (queue.isBusy("session grant") || !queue.isDue(this.#retryAt)) return;
    const call = { type: "grant", ttlMs: HOST_LEASE_MS } as const;
    const { now } = queue;
    queue.call(
      "session grant",
      call,
      { deadlineMs: DEADLINE_MS },
      (result) => this.#granted(result, now, contact),
    );
  }

  #granted(result: Result<Lease>, askedAt: number, contact: MembershipView): void {
    if (!result.ok) {
      contact.refresh();
      this.#retryAt = this.#queue.now + RETRY_MS;
      this.#tellDenied(result.failure);
      return this.#tellFull(result.failure);
    }
    this.#lease = result.value.id;
    this.#lostAt = askedAt + result.value.ttlMs;
    this.#keepAt = askedAt + KEEP_MS;
  }

  #keep(lease: string, contact: MembershipView): void {
    const queue = this.#queue;
    if (queue.isBusy("session keep") || !queue.isDue(this.#keepAt)) return;
    const { now } = queue;
    queue.call("session keep", { type: "keep", lease }, { deadlineMs: DEADLINE_MS }, (result) => {
      if (result.ok) {
        this.#lostAt = now + result.value.ttlMs;
        this.#keepAt = now + KEEP_MS;
      } else if (LEASE_IS_LOST.has(result.failure.code ?? "")) this.#lost();
      else {
        this.#keepAt = queue.now + RETRY_MS;
        contact.refresh();
      }
    });
  }

  /** Takes the name if it is free or ours, and writes what has changed. */
  #write(lease: string, status: StatusRecord, volunteers: boolean, contact: MembershipView): void {
    const queue = this.#queue;
    const live = write(this.#claim.record);
    const wanted = JSON.stringify([status, volunteers, live]);
    const isWritten = this.#written === wanted && !this.#unsure;
    if (isWritten && this.#changedAt <= this.#revision || queue.isBusy("session write")) return;
    // Who keeps on changing it is answered now and then.
    const againAt = isWritten ? this.#wroteAt + RETRY_MS : -Infinity;
    if (!queue.isDue(Math.max(this.#retryAt, againAt))) return;
    this.#kept = this.#values(live, status, volunteers);
    this.#wroteAt = queue.now;
    const then = hostKeys(queue.settings.host).map((key): StoreOperation => {
      const value = this.#kept.get(key);
      return value === undefined ? { type: "delete", key } : { type: "put", key, value, lease };
    });
    const key = liveKey(queue.settings.host);
    const transaction = {
      when: [{ key, mod: this.#revision }],
      then,
      otherwise: hostKeys(queue.settings.host).map((each) => ({ type: "get", key: each } as const)),
    };
    const call = { type: "transact", transaction } as const;
    queue.call(
      "session write",
      call,
      { deadlineMs: DEADLINE_MS },
      (result) => this.#wrote(result, wanted, contact),
    );
  }

  #values(live: string, status: StatusRecord, volunteers: boolean): Map<string, string> {
    const { host, clientUrls, peerUrls } = this.#queue.settings;
    const values = new Map([
      [liveKey(host), live],
      [statusKey(host), write({ ...status, ...(volunteers ? { peerUrls } : {}) })],
    ]);
    if (volunteers) values.set(volunteerKey(host), write({ clientUrls, peerUrls }));
    return values;
  }

  #wrote(result: Result<TransactionResult>, wanted: string, contact: MembershipView): void {
    const queue = this.#queue;
    if (!result.ok) {
      if (result.failure.code === "lease-gone") this.#lost();
      contact.refresh();
      this.#unsure = true;
      this.#retryAt = queue.now + RETRY_MS;
      this.#tellDenied(result.failure);
      return this.#tellFull(result.failure);
    }
    this.#deniedSince = undefined;
    if (result.value.succeeded) {
      queue.redo("tell no space");
      queue.redo("tell denied");
      this.#written = wanted;
      this.#unsure = false;
      this.#revision = result.value.revision;
      this.#claim.won();
      return;
    }
    const [found, status, offer] = result.value.got;
    const owner = read.live(found?.value)?.id;
    this.#written = undefined;
    const isOpen = this.#claim.judge(found);
    this.#revision = isOpen ? found?.modRevision ?? 0 : 0;
    if (this.#claim.standing !== "anothers") return;
    this.#retryAt = queue.now + NAME_MS;
    const { clientUrls } = read.volunteer(offer?.value) ?? read.status(status?.value) ?? {};
    this.#refused(`id ${owner}`, clientUrls);
  }

  #tellFull({ code }: Failure): void {
    if (code !== "no-space") return;
    this.#queue.tell("no space", { what: "no-space" });
  }

  #tellDenied(why: Failure): void {
    const queue = this.#queue;
    const { code, message } = why;
    // Only its administrator changes what an etcd says that others run.
    if (code === "unauthorized") return queue.tell("denied", { what: "trouble", failure: why });
    if (code !== "permission-denied") return void (this.#deniedSince = undefined);
    this.#deniedSince ??= queue.now;
    if (queue.now - this.#deniedSince < DENIED_MS) return;
    const { host } = queue.settings;
    const text = `the cluster gives this host no right to the name ${host}: ${message}`;
    const hint =
      "where the cluster knows it by another name: start it with --hostname NAME; else it was " +
      "forgotten, or its name is another's: mgmt members, on a host that runs etcd, " +
      "says which; a new token lets it in again (mgmt token create there, mgmt run --token-file FILE here)";
    queue.tell("denied", { what: "trouble", failure: failure(text, { code: "no-right", hint }) });
  }

  #refused(by: string, clientUrls: readonly string[] = []): void {
    const { host } = this.#queue.settings;
    const who = clientUrls.length === 0 ? by : `${by}, at ${clientUrls.join(", ")}`;
    const text = `the name ${host} is taken by another host of this cluster (${who})`;
    const hint = "without a part in the cluster it goes on with its own graph; give this host " +
      "another name with --hostname, or wait until the other is gone";
    this.#claim.lost(failure(text, { code: "name-taken", hint }));
  }
}
