/**
 * A model of one etcd cluster: what its members hold, who leads, and what is refused. Of Raft only the
 * outcome is modelled: a write needs a majority of the voters that reach each other, and is then on
 * their disks; a leader that is lost is replaced after a second by one that has all that a majority has.
 *
 * @module
 */

import { fail, type Failure, failure, ok, type Result } from "../../src/base/result.ts";
import type { StoreCall } from "../../src/cluster/agent/calls.ts";
import { MOST_LEARNERS, quorum } from "../../src/cluster/leader/view.ts";
import {
  byName,
  type Member,
  type Members,
  type MemberStatus,
} from "../../src/cluster/store/store.ts";
import { Databases } from "./database.ts";
import { KeyValues } from "./key_values.ts";
import { ModelRights, ROOT } from "./model_rights.ts";
import type { Chance } from "./random.ts";

/** A member, and what its disk holds. */
export interface Peer {
  readonly id: string;
  name: string;
  peerUrls: readonly string[];
  clientUrls: readonly string[];
  learner: boolean;
  /** It has run. */
  ran: boolean;
  /** Entries of the log on its disk. */
  stored: number;
  /** Its disk is gone, or was put aside. */
  lost: boolean;
  /** Since when it is connected to the leader. */
  connectedSince: number | undefined;
}

/** What the model asks of the world around it. */
export interface Surroundings {
  /** The process of that member runs and is not paused. */
  runs(memberId: string): boolean;
  /** Both can talk to each other. */
  linked(left: string, right: string): boolean;
}

/** Nothing can be said yet: no leader, or no majority. */
export const NOT_NOW = "not now";

const HEALTHY_MS = 5000;
const CATCH_UP_MS = 20;
const LEARN_MS = 80;

/** One cluster. */
export class EtcdModel {
  readonly id: string;
  readonly data = new KeyValues();
  readonly databases: Databases;
  readonly rights = new ModelRights();
  readonly peers = new Map<string, Peer>();
  /** Members that were removed, with what they had: they end when they hear of it. */
  readonly removed = new Map<string, Peer>();
  leader: string | undefined;
  /** Its last host has left. */
  ended = false;
  term = 1;
  /** The last entry of the log. */
  index = 1;
  /** Said to whom it may concern. */
  onLostWrites: (text: string) => void = () => {};
  readonly #around: Surroundings;
  readonly #chance: Chance;
  #electionAt: number | undefined;

  constructor(id: string, around: Surroundings, chance: Chance) {
    this.id = id;
    this.#around = around;
    this.#chance = chance;
    this.databases = new Databases(this.data, chance);
  }

  get voters(): Peer[] {
    return [...this.peers.values()].filter((peer) => !peer.learner);
  }

  /** The first member of a new cluster. */
  found(name: string, peerUrls: readonly string[], clientUrls: readonly string[]): Peer {
    const peer = this.#newPeer(peerUrls, false);
    Object.assign(peer, { name, clientUrls, ran: true, stored: 1 });
    this.peers.set(peer.id, peer);
    this.leader = peer.id;
    return peer;
  }

  /**
   * One member starts with its data as the only one there is, under the same id. All that the model
   * keeps is what a majority had, so it must be one that had it.
   */
  recover(memberId: string): void {
    for (const peer of this.peers.values()) {
      if (peer.id === memberId) Object.assign(peer, { learner: false, connectedSince: undefined });
      else {
        this.peers.delete(peer.id);
        this.removed.set(peer.id, peer);
      }
    }
    this.leader = undefined;
    this.#electionAt = undefined;
    const own = this.peers.get(memberId);
    if (own !== undefined) this.index = own.stored;
  }

  /** A voter that somebody adds by hand, and nobody will ever run. */
  addByHand(peerUrl: string): void {
    const peer = this.#newPeer([peerUrl], false);
    peer.lost = true; // there is no disk, and never was
    this.#append();
    this.peers.set(peer.id, peer);
  }

  /** Who leads now, after whatever has changed around. */
  refresh(now: number): string | undefined {
    if (this.leader !== undefined && !this.#canLead(this.leader)) this.leader = undefined;
    if (this.leader === undefined) this.#elect(now);
    else this.#electionAt = undefined;
    for (const peer of this.peers.values()) this.#connect(peer, now);
    // A leader ends a lease as any other write: only with a majority.
    if (this.leader === undefined || !this.#hasMajority()) return this.leader;
    if (this.data.expire(now)) this.#append();
    return this.leader;
  }

  #connect(peer: Peer, now: number): void {
    const { leader } = this;
    const connected = leader !== undefined && this.#around.runs(peer.id) &&
      this.#around.linked(leader, peer.id);
    if (!connected) peer.connectedSince = undefined;
    else peer.connectedSince ??= now;
    if (peer.connectedSince === undefined) return;
    const catchUpMs = peer.id === leader ? 0 : peer.stored === 0 ? LEARN_MS : CATCH_UP_MS;
    if (now - peer.connectedSince >= catchUpMs) peer.stored = this.index;
    if (peer.stored === this.index) this.databases.grow(peer.id);
  }

  #canLead(id: string): boolean {
    const peer = this.peers.get(id);
    if (peer === undefined || peer.learner) return false;
    return this.#reached(id).length >= quorum(this.voters.length);
  }

  #reached(id: string): Peer[] {
    if (!this.#around.runs(id)) return [];
    return this.voters.filter((voter) =>
      voter.id === id || this.#around.runs(voter.id) && this.#around.linked(id, voter.id)
    );
  }

  #elect(now: number): void {
    this.#electionAt ??= now + this.#chance.between(1000, 1500);
    if (now < this.#electionAt) return;
    const majority = quorum(this.voters.length);
    const able = this.voters.filter((voter) =>
      this.#reached(voter.id).filter((other) => other.stored <= voter.stored).length >= majority
    );
    const [best] = able.sort((a, b) => b.stored - a.stored);
    if (best === undefined) return;
    this.leader = best.id;
    this.term++;
    this.#electionAt = undefined;
    this.data.extendLeases(now);
    if (best.stored >= this.index) return;
    this.onLostWrites(`${best.name} leads with ${best.stored} of ${this.index} entries`);
    this.index = best.stored;
  }

  /** Answers a call that has come to that member; `NOT_NOW`: ask again in a moment. */
  execute(
    at: string,
    call: StoreCall | { type: "update"; memberId: string; peerUrls: readonly string[] },
    now: number,
    user = ROOT,
  ): Result<unknown> | typeof NOT_NOW {
    const leader = this.refresh(now);
    const server = this.peers.get(at);
    if (call.type === "status") return server === undefined ? gone(at) : this.#status(server);
    if (server === undefined) return fail("the member was removed", { code: "unavailable" });
    const refused = this.rights.refuses(user, call, (lease) => this.data.keysOfLease(lease));
    if (call.type === "defragment") return refused ?? this.#defragment(server, now);
    if ([at, leader ?? at].some((id) => this.databases.isBusy(id, now))) return NOT_NOW;
    if (call.type === "list" && call.serializable === true) {
      return refused ?? this.#answer(call, now);
    }
    if (server.learner) return fail("a learner serves no such call", { code: "learner" });
    if (leader === undefined || (leader !== at && !this.#around.linked(leader, at))) return NOT_NOW;
    if (!this.#hasMajority()) return NOT_NOW;
    if (refused !== undefined) return refused;
    return call.type === "update"
      ? this.#answer(call, now)
      : this.databases.refuses(at, call) ?? this.#apply(call, now);
  }

  #defragment(server: Peer, now: number): Result<unknown> | typeof NOT_NOW {
    if (server.learner) return fail("a learner serves no such call", { code: "learner" });
    return this.databases.defragment(server.id, now) ?? NOT_NOW;
  }

  /** The next entry would be on the disks of a majority: of those that are there, with all before it. */
  #hasMajority(): boolean {
    const { voters } = this;
    const ready = voters.filter(({ connectedSince, stored }) =>
      connectedSince !== undefined && stored === this.index
    );
    return ready.length >= quorum(voters.length);
  }

  /** Also learners look at their own files then. */
  #apply(call: StoreCall, now: number): Result<unknown> {
    const result = this.#answer(call, now);
    const there = [...this.peers.values()].filter((peer) => peer.connectedSince !== undefined);
    if (result.ok) this.databases.applied(call, there.map(({ id }) => id));
    return result;
  }

  #answer(
    call: StoreCall | { type: "update"; memberId: string; peerUrls: readonly string[] },
    now: number,
  ): Result<unknown> {
    const { data } = this;
    const before = data.revision;
    switch (call.type) {
      case "list":
        return call.names === undefined
          ? data.list(call.range, 100_000)
          : data.list(call.range, call.names, { keysOnly: true });
      case "saying-too-much":
        return ok(this.data.sayingTooMuch());
      case "members":
        return ok(this.members());
      case "transact": {
        const result = data.transact(call.transaction);
        if (data.revision !== before) this.#append();
        return result;
      }
      case "grant":
        this.#append();
        return data.grant(this.#chance.hex(8), call.ttlMs, now);
      case "keep":
        return data.keep(call.lease, now);
      case "revoke":
        this.#append();
        return data.revoke(call.lease);
      case "compact":
        this.#append();
        data.compact(call.revision);
        return ok(undefined);
      case "disarm":
        this.#append();
        this.databases.full = false;
        return ok(undefined);
      case "rights-standing":
      case "rights":
        return ok(this.rights.state);
      case "change-rights":
        this.#append();
        return this.rights.change(call.change);
      case "status":
      case "defragment":
        return fail("not here", { code: "refused" });
      default:
        return this.#change(call, now);
    }
  }

  #change(
    call:
      | StoreCall & { type: "add" | "promote" | "remove" }
      | { type: "update"; memberId: string; peerUrls: readonly string[] },
    now: number,
  ): Result<unknown> {
    if (call.type === "add") {
      const problem = this.objectionToAdd(call.peerUrls, now);
      if (problem !== undefined) return { ok: false, failure: problem };
      const peer = this.#newPeer(call.peerUrls, true);
      this.#append();
      this.peers.set(peer.id, peer);
      return ok({ ...this.members(), added: memberOf(peer) });
    }
    const peer = this.peers.get(call.memberId);
    if (peer === undefined) return gone(call.memberId);
    const problem = call.type === "promote"
      ? this.#objectionToPromote(peer)
      : call.type === "remove"
      ? this.#objectionToRemove(peer, now)
      : undefined;
    if (problem !== undefined) return { ok: false, failure: problem };
    this.#append();
    if (call.type === "promote") peer.learner = false;
    else if (call.type === "update") peer.peerUrls = call.peerUrls;
    else {
      this.peers.delete(peer.id);
      this.removed.set(peer.id, peer);
      if (this.leader === peer.id) this.leader = undefined;
    }
    return ok(this.members());
  }

  /** Why no learner can be added now. */
  objectionToAdd(peerUrls: readonly string[], now: number): Failure | undefined {
    const peers = [...this.peers.values()];
    if (peers.some((peer) => peer.peerUrls.some((url) => peerUrls.includes(url)))) {
      return failure("a member has that peer URL", { code: "member-exists" });
    }
    if (peers.filter((peer) => peer.learner).length >= MOST_LEARNERS) {
      return failure("too many learners", { code: "too-many-learners" });
    }
    const fully = this.voters.every((voter) => this.#isHealthy(voter, now));
    return fully ? undefined : failure("unhealthy cluster", { code: "unhealthy" });
  }

  #isHealthy(voter: Peer, now: number): boolean {
    if (voter.id === this.leader) return true;
    return voter.connectedSince !== undefined && now - voter.connectedSince >= HEALTHY_MS;
  }

  #objectionToPromote(peer: Peer): Failure | undefined {
    if (!peer.learner) return failure("a voter already", { code: "not-learner" });
    if (!peer.ran || peer.stored < this.index * 0.9) {
      return failure("not in sync with the leader", { code: "not-in-sync" });
    }
    const started = this.voters.filter((voter) => voter.name !== "").length + 1;
    return started < quorum(this.voters.length + 1) ? tooFewStarted() : undefined;
  }

  #objectionToRemove(peer: Peer, now: number): Failure | undefined {
    if (peer.learner) return undefined;
    const rest = this.voters.filter((voter) => voter !== peer);
    const started = rest.filter((voter) => voter.name !== "").length;
    if (started < quorum(rest.length)) return tooFewStarted();
    if (peer.id !== this.leader && peer.connectedSince === undefined) return undefined;
    const active = this.voters.filter((voter) => this.#isHealthy(voter, now)).length;
    const needed = 1 + Math.floor((this.voters.length - 1) / 2);
    return active - 1 < needed ? failure("unhealthy cluster", { code: "unhealthy" }) : undefined;
  }

  /** A member that was added starts for the first time; says why it cannot. */
  start(
    peerUrl: string,
    name: string,
    clientUrls: readonly string[],
    urls: readonly string[],
    now: number,
  ): Peer | string {
    this.refresh(now);
    const peer = [...this.peers.values()].find((each) => each.peerUrls.includes(peerUrl));
    if (peer === undefined) return "member is unknown";
    if (peer.ran) return "member has already been bootstrapped";
    const listed = [...this.peers.values()].flatMap((each) => each.peerUrls).sort();
    if (listed.join() !== [...urls].sort().join()) return "member count is unequal";
    this.#append();
    Object.assign(peer, { name, clientUrls, ran: true });
    return peer;
  }

  /** All members. */
  members(): Members {
    return { clusterId: this.id, members: [...this.peers.values()].map(memberOf).sort(byName) };
  }

  #status(peer: Peer): Result<MemberStatus> {
    const { leader } = this;
    return ok({
      clusterId: this.id,
      memberId: peer.id,
      ...(leader === undefined || peer.connectedSince === undefined ? {} : { leaderId: leader }),
      learner: peer.learner,
      raftTerm: this.term,
      raftIndex: peer.stored,
      raftAppliedIndex: peer.stored,
      version: "3.6.16",
      ...this.databases.status(peer.id),
    });
  }

  /** One more entry, on the disks of all that are connected. */
  #append(): void {
    const before = this.index++;
    for (const peer of this.peers.values()) {
      if (peer.connectedSince !== undefined && peer.stored === before) peer.stored = this.index;
    }
  }

  #newPeer(peerUrls: readonly string[], learner: boolean): Peer {
    return {
      id: this.#chance.hex(8).replace(/^0/, "1"),
      name: "",
      peerUrls,
      clientUrls: [],
      learner,
      ran: false,
      stored: 0,
      lost: false,
      connectedSince: undefined,
    };
  }
}

function memberOf({ id, name, peerUrls, clientUrls, learner }: Peer): Member {
  return { id, name, peerUrls, clientUrls, learner };
}

function gone(id: string): Result<never> {
  return fail(`there is no member ${id}`, { code: "member-gone" });
}

function tooFewStarted(): Failure {
  return failure("not enough started members", { code: "not-enough-started" });
}
