/**
 * Where the store is: who its members are, and whether they are the cluster that this host belongs to.
 *
 * @module
 */

import { type Failure, failure, type Result } from "../../base/result.ts";
import { lookAround } from "./newcomer.ts";
import type { EffectQueue } from "./effect_queue.ts";
import type { OwnAddress } from "./own_address.ts";
import { type Hello, placesToAsk } from "./hello.ts";
import type { News } from "./news.ts";
import { hostOfMember, isTemporaryMember, prefixRange, statusKey } from "../store/keys.ts";
import { read } from "../store/records.ts";
import type { Member, Members } from "../store/store.ts";
import { isLoopback } from "../store/urls.ts";

/** Between two looks at the list of members when nothing says that it changed. */
const REFRESH_MS = 15_000;
/** Between two tries while there is no answer. */
const RETRY_MS = 1000;
/** The same for a host that has just come, and for how long: who it waits for is about to start, too. */
const FIRST_RETRY_MS = 250;
const FIRST_MS = 10_000;
const DEADLINE_MS = 2000;
/** A temporary cluster without a sign of life for so long is over: its data is gone, too. */
const OVER_MS = 5000;
/** What only people can mend, and no answer of a host tells; the second also before there is a cluster. */
const REFUSED: ReadonlySet<string> = new Set(["untrusted", "speaks-plain", "speaks-tls"]);
const SAID_AT_ONCE: ReadonlySet<string> = new Set(["foreign-cluster", "unauthorized"]);
/** Addresses that are remembered. */
const MOST_ENDPOINTS = 16;

/** The list of members, and where to ask for it. */
export class MembershipView {
  readonly #queue: EffectQueue;
  #members: Members | undefined;
  #askedAt = -Infinity;
  #asOf = -Infinity;
  #wanted = true;
  /** What was joined, until it has been looked at. */
  #joinedNow: Members | undefined;
  #nextAt = -Infinity;
  #lostSince: number | undefined;
  #shutOutSince: number | undefined;
  /** Addresses that others have named while there is no contact. */
  #guesses: readonly string[] = [];
  readonly #own: OwnAddress;
  /** One of this host's addresses that only this machine reaches. */
  readonly #loopback: string | undefined;

  constructor(queue: EffectQueue, own: OwnAddress) {
    this.#queue = queue;
    this.#own = own;
    const { clientUrls, peerUrls } = queue.settings;
    this.#loopback = [...clientUrls, ...peerUrls].find(isLoopback);
  }

  /** The members as last heard, also while there is no contact. */
  get members(): readonly Member[] | undefined {
    return this.#members?.members;
  }

  /** When that answer was asked for: it holds what was true then, or later. */
  get asOf(): number {
    return this.#asOf;
  }

  /** Since when there has been no answer; undefined: there is contact. */
  get lostSince(): number | undefined {
    return this.#lostSince;
  }

  /** Since when nobody takes a connection with this host's certificate, as it seems. */
  get shutOutSince(): number | undefined {
    return this.#shutOutSince;
  }

  /**
   * A member has this host's address, though its etcd may not run at the moment: nobody must be in
   * its way when that starts again.
   */
  get isAnothersAddress(): boolean {
    return this.whyNoAddress !== undefined;
  }

  /** Whose it is, in words. */
  get whyNoAddress(): string | undefined {
    const { settings: { clientUrls, host }, disk } = this.#queue;
    if (disk.clusterId === undefined || disk.member !== undefined) return undefined;
    // One of this host's name was its own, before it lost its disk.
    const others = this.members?.filter(({ name }) => hostOfMember(name) !== host);
    const taken = others?.flatMap((each) => each.clientUrls) ?? disk.endpoints;
    const url = clientUrls.find((each) => taken.includes(each));
    if (url === undefined) return undefined;
    const owner = others?.find((each) => each.clientUrls.includes(url))?.name;
    const who = owner === undefined ? "a member" : hostOfMember(owner) ?? owner;
    return `its address ${url} is that of ${who}`;
  }

  /** Why the other hosts could not reach an etcd of this one; undefined: they could. */
  get whyOutOfReach(): string | undefined {
    const { host } = this.#queue.settings;
    const url = this.#loopback;
    if (url === undefined) return undefined;
    const others = this.members?.filter(({ name }) => hostOfMember(name) !== host) ?? [];
    const isAway = others.some((each) => !each.peerUrls.every(isLoopback));
    return isAway ? `its address ${url} is one that the other hosts cannot reach` : undefined;
  }

  /** The list may have changed. */
  refresh(): void {
    if (this.#wanted) return;
    this.#wanted = true;
    this.#queue.again();
  }

  /** Who founds a cluster joins none: an answer that is still under way does not count any more. */
  forget(): void {
    this.#queue.drop("members");
    this.#wanted = true;
  }

  /** Another call got the list of members. */
  heard(members: Members, askedAt: number): void {
    if (askedAt < this.#asOf || members.clusterId !== this.#queue.disk.clusterId) return;
    this.#members = members;
    this.#asOf = askedAt;
  }

  /** A host that runs no etcd says where it last saw the cluster. */
  told({ cluster, endpoints }: Hello): void {
    if (cluster === "founding") return;
    if (cluster !== "none") return this.#guess(endpoints, cluster);
    // It has left one; who belongs to none may find that.
    const { settings: { clientUrls }, disk } = this.#queue;
    if (disk.clusterId === undefined) {
      this.#guess(endpoints.filter((url) => !clientUrls.includes(url)));
    }
  }

  #guess(endpoints: readonly string[], cluster?: string): void {
    const { clusterId } = this.#queue.disk;
    if (clusterId !== undefined && cluster !== undefined && cluster !== clusterId) return;
    // New ones come last: whoever tries one after the other would never get round a list that turns.
    this.#guesses = [...new Set([...this.#guesses, ...endpoints])].slice(0, MOST_ENDPOINTS);
  }

  /** Keeps the endpoints right and asks for the members when it is time. */
  look(ownServes: boolean, ownRuns: boolean, isWithoutEtcd: (url: string) => boolean): void {
    const queue = this.#queue;
    const lost = this.#lostSince;
    if (lost !== undefined && this.#mayBeOver && queue.isDue(lost + OVER_MS)) this.#over();
    const places = this.#endpoints(ownServes, ownRuns);
    // Of many hosts that start together each would try all addresses of the others again and again.
    const clientUrls = queue.disk.clusterId === undefined && lost !== undefined
      ? places.filter((url) => !isWithoutEtcd(url))
      : places;
    const { clusterId } = queue.disk;
    // Of a cluster that was made anew of its data nobody else is known: none says whether this is a copy.
    if (clientUrls.length === 0 && clusterId !== undefined) this.#lostSince ??= queue.now;
    if (clientUrls.length === 0) return;
    queue.doOnce("endpoints", { type: "endpoints", clientUrls, clusterId });
    if (clusterId !== undefined && this.#joinedNow !== undefined) {
      lookAround(queue, this.#joinedNow); // not before: who opens the store anew drops what was asked
      this.#joinedNow = undefined;
    }
    const due = this.#wanted ? this.#nextAt : Math.max(this.#nextAt, this.#askedAt + REFRESH_MS);
    if (queue.isBusy("members") || !queue.isDue(due)) return;
    this.#askedAt = queue.now;
    this.#wanted = false;
    const { now } = queue;
    queue.call(
      "members",
      { type: "members" },
      { deadlineMs: DEADLINE_MS },
      (result) => this.#answered(result, now),
    );
  }

  #answered(result: Result<Members>, askedAt: number): void {
    const queue = this.#queue;
    if (!result.ok) return this.#failed(result.failure, askedAt);
    const { clusterId, members } = result.value;
    const pinned = queue.disk.clusterId;
    if (pinned !== undefined && clusterId !== pinned) {
      return this.#failed(foreign(pinned, clusterId), askedAt);
    }
    this.#lostSince = undefined;
    queue.redo("tell refused");
    this.#shutOutSince = undefined;
    this.#guesses = [];
    const endpoints = known(members, queue.disk.endpoints);
    if (pinned === undefined) {
      const { temporary = { endpoints: queue.disk.endpoints }, ...disk } = queue.disk;
      const passes = members.some(({ name }) => isTemporaryMember(name));
      queue.save({ ...disk, clusterId, endpoints, ...(passes ? { temporary } : {}) });
    } else if (queue.disk.endpoints.join() !== endpoints.join()) {
      queue.save({ ...queue.disk, endpoints });
    }
    if (pinned === undefined) {
      queue.tell("joined", this.#joined(clusterId, members));
      if (queue.disk.member === undefined) this.#joinedNow = result.value;
    }
    this.heard(result.value, askedAt);
  }

  /** Says why this host is a client, and whose cluster it is where nobody named one. */
  #joined(clusterId: string, members: readonly Member[]): News {
    const { settings: { clientUrls, server, seeds }, disk } = this.#queue;
    const [url = ""] = clientUrls;
    const isTaken = server && this.#own.isOurs === false && disk.member === undefined;
    const joined = (client: boolean, more = {}): News => ({
      what: "joined",
      clusterId,
      client,
      ...more,
    });
    if (!isTaken && (server || seeds.length > 0)) return joined(false);
    const there = members.find((each) => each.clientUrls.some((one) => clientUrls.includes(one)));
    const { problem: failure } = this.#own;
    const problem = failure === undefined ? {} : { failure };
    const taken = isTaken ? { taken: { url, ...problem } } : {};
    if (there === undefined) return joined(true, taken);
    return joined(true, { ...taken, host: hostOfMember(there.name) ?? there.name, url });
  }

  #failed(failure: Failure, askedAt: number): void {
    const queue = this.#queue;
    const pinned = queue.disk.clusterId;
    if (this.#lostSince === undefined) queue.again();
    this.#lostSince ??= askedAt;
    if (failure.code === "revoked") this.#shutOutSince ??= askedAt;
    else this.#shutOutSince = undefined;
    this.#wanted = true;
    const hasJustCome = queue.disk.clusterId === undefined &&
      queue.now - this.#lostSince < FIRST_MS;
    this.#nextAt = queue.now + (hasJustCome ? FIRST_RETRY_MS : RETRY_MS);
    // Another run at that address has founded one of its own.
    if (failure.code === "foreign-cluster" && this.#mayBeOver) return this.#over();
    const isSaid = pinned !== undefined && REFUSED.has(failure.code ?? "");
    if (isSaid || SAID_AT_ONCE.has(failure.code ?? "")) {
      queue.tell("refused", { what: "trouble", failure });
    }
    if (failure.code === "learner") this.#askLearner();
  }

  /** This host is a guest in a cluster that goes with another's run. */
  get #mayBeOver(): boolean {
    const { temporary, member } = this.#queue.disk;
    return temporary !== undefined && member === undefined;
  }

  #over(): void {
    this.#queue.doOnce("over", { type: "over" });
  }

  /** A learner does not list members, but knows what the hosts that run etcd say of themselves. */
  #askLearner(): void {
    const call = { type: "list", range: prefixRange(statusKey("")), serializable: true } as const;
    this.#queue.call("ask learner", call, { deadlineMs: DEADLINE_MS }, (result) => {
      const entries = result.ok ? result.value.entries : [];
      this.#guess(entries.flatMap(({ value }) => read.status(value)?.clientUrls ?? []));
    });
  }

  #endpoints(ownServes: boolean, ownRuns: boolean): readonly string[] {
    const { settings, disk } = this.#queue;
    const { clientUrls } = settings;
    if (disk.clusterId === undefined && disk.member !== undefined) return ownRuns ? clientUrls : [];
    if (this.#members !== undefined && this.#lostSince === undefined) {
      return [...new Set([...(ownServes ? clientUrls : []), ...votersUrls(this.#members.members)])];
    }
    const places = placesToAsk(settings, this.#own.isOurs ?? settings.server);
    const alone = places.length === 0 && disk.clusterId === undefined;
    const own = ownRuns || alone ? clientUrls : [];
    const named = settings.seeds.length > 0 || disk.clusterId === undefined ? places : [];
    const former = disk.clusterId === undefined ? disk.formerHosts ?? [] : [];
    return [...new Set([...own, ...this.#guesses, ...disk.endpoints, ...named, ...former])];
  }
}

function votersUrls(members: readonly Member[]): readonly string[] {
  return members.filter((member) => !member.learner).flatMap((member) => member.clientUrls).sort();
}

/** Voters, learners, and who was known before: whoever of them is still there can be asked. */
function known(members: readonly Member[], before: readonly string[]): readonly string[] {
  const learners = members.filter((member) => member.learner)
    .flatMap((member) => member.clientUrls).sort();
  return [...new Set([...votersUrls(members), ...learners, ...before])].slice(0, MOST_ENDPOINTS);
}

function foreign(pinned: string, found: string): Failure {
  return failure(`the etcd that answers belongs to cluster ${found}, this host to ${pinned}`, {
    code: "foreign-cluster",
    hint: "correct --seeds, or start with a new --prefix to join the other cluster",
  });
}
