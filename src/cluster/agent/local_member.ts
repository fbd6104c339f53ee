/**
 * The etcd of this host: it runs while the host is a member or has been asked to become one, and is
 * put aside once the members have said that it is none any more. Its data is never put aside on
 * anything less than a majority's word.
 *
 * @module
 */

import { createBackoff } from "../../base/backoff.ts";
import type { Fill } from "../../base/store_fill.ts";
import type { MembershipView } from "./membership_view.ts";
import type { MemberStart, OwnMember } from "./io.ts";
import type { EtcdEnd, EtcdEnding } from "./news.ts";
import type { KeyWatcher } from "./key_watcher.ts";
import type { EffectQueue } from "./effect_queue.ts";
import { memberName } from "../store/keys.ts";
import { sameUrls } from "../leader/operation.ts";
import type { StatusRecord } from "../store/records.ts";

/** Between two starts of an etcd that ended by itself. */
const RESTART_MS = 2000;
/**
 * The same where trying again mends little: what was in the way may have been so for a moment, like
 * an address that a killed program has just left.
 */
const RESTART_FINAL = { firstMs: RESTART_MS, lastMs: 60_000, factor: 2 };
/** A host that boots gets its addresses later than its agent starts: before that nobody is warned. */
const ABSENT_MS = 10_000;
/** Whoever has just come has more to do than to get ready for what may never be asked of it. */
const PREPARE_MS = 1000;
/** Who ran for so long had found nothing in its way. */
const RAN_MS = 60_000;

/** The member that this host is, will be or was. */
export class LocalMember {
  readonly #queue: EffectQueue;
  #alive: string | undefined;
  #running: string | undefined;
  /** With which arguments the one that answers runs, which it goes on to do until it has ended. */
  #runsAs: string | undefined;
  #startedAs: string | undefined;
  #ended: { end: EtcdEnd; message: string } | undefined;
  /** Why it does not run; it stays until it does. */
  #problem: string | undefined;
  #restartAt = -Infinity;
  /** Why the last founding failed, and how often in a row. */
  #unfounded = { why: "", times: 0 };
  readonly #pauses = createBackoff(RESTART_FINAL);
  #runsSince = Infinity;
  #since: number;
  #stopping: string | undefined;
  /** It is to run again at once. */
  #startsAnew = false;
  #isOver = false;
  #isAnothers = false;
  /** People were told that it ended, or does not start. */
  #toldEnd = false;
  /** It was listed as a learner. */
  #hasLearned = false;
  #prepareAt: number | undefined;
  /** Since when this host has not had its address. */
  #absentSince: number | undefined;

  constructor(queue: EffectQueue) {
    this.#queue = queue;
    this.#since = queue.now;
  }

  /** Our etcd answers. */
  get runs(): boolean {
    return this.#running !== undefined && this.#running === this.#queue.disk.member?.name;
  }

  /** It is ended, because this host is no member any more. */
  get isLeaving(): boolean {
    return this.#stopping !== undefined && !this.#startsAnew;
  }

  /** Our etcd answers and has a vote, so that it can be asked. */
  serves(contact: MembershipView): boolean {
    const { member, clusterId } = this.#queue.disk;
    if (!this.runs) return false;
    if (clusterId === undefined) return true; // founded here
    const listed = contact.members?.find((each) => each.id === member?.memberId);
    return listed !== undefined ? !listed.learner : contact.members === undefined;
  }

  /** What the others are told. */
  status(): Omit<StatusRecord, "domain"> {
    const { member } = this.#queue.disk;
    if (member?.memberId === undefined) return { etcd: "none" };
    const { memberId } = member;
    const { clientUrls } = this.#queue.settings;
    const runsAs = this.#runsAs === undefined ? {} : { generation: this.#runsAs };
    if (this.runs) return { etcd: "running", memberId, clientUrls, ...runsAs };
    if (this.#problem !== undefined) {
      const unfit = this.#ended?.end === "absent" ? { unfit: this.#problem } : {};
      return { etcd: "failed", memberId, reason: this.#problem, ...unfit };
    }
    return { etcd: "starting", memberId };
  }

  /** The process answers. */
  started(name: string): void {
    const { disk } = this.#queue;
    this.#running = name;
    this.#runsAs = this.#startedAs;
    this.#runsSince = this.#queue.now;
    this.#ended = undefined;
    this.#problem = undefined;
    const again = disk.member?.ran === true;
    if (this.#toldEnd) this.#queue.tell("etcd", { what: "etcd-runs", again });
    this.#toldEnd = false;
    this.#absentSince = undefined;
    if (disk.member?.name !== name || disk.member.ran) return;
    this.#queue.save({ ...disk, member: { ...disk.member, ran: true } });
  }

  /** The process has ended. */
  ended(name: string, ending: EtcdEnding, contact: MembershipView): void {
    const { end, message } = ending;
    const queue = this.#queue;
    if (this.#alive === name) this.#alive = undefined;
    if (this.#running === name) this.#running = undefined;
    const isPlanned = this.#stopping === name;
    const startsAnew = isPlanned && this.#startsAnew;
    if (isPlanned) {
      this.#stopping = undefined;
      this.#startsAnew = false;
    }
    if (queue.disk.member?.name !== name || this.#isOver || startsAnew) return;
    contact.refresh();
    if (end === "unstarted" && this.#isUnfounded()) return this.#giveUpFounding(name, ending);
    this.#ended = { end, message };
    const isRemoved = end === "removed" || isPlanned;
    this.#problem = isRemoved ? "no member any more" : message;
    if (queue.now - this.#runsSince >= RAN_MS) this.#pauses.reset();
    this.#runsSince = Infinity;
    this.#restartAt = queue.now + (end === "other" ? RESTART_MS : this.#pauses.next());
    queue.redo("etcd");
    // What its log says of that reads like a crash; that it is a client now is said in a moment.
    if (isPlanned) return;
    if (end !== "absent") this.#absentSince = undefined;
    else if (queue.now < (this.#absentSince ??= queue.now) + ABSENT_MS) return;
    this.#toldEnd = true;
    queue.tell("etcd", { what: "etcd-ended", ...ending });
  }

  #isUnfounded(): boolean {
    const { member } = this.#queue.disk;
    return member?.founds === true && !member.ran;
  }

  /** Somebody else took the addresses first: there may be a cluster to join by now. */
  #giveUpFounding(name: string, { end: _end, ...why }: EtcdEnding): void {
    const { member: _, temporary, ...rest } = this.#queue.disk;
    this.#ended = undefined;
    // Nothing came of it, so that nothing of it is over, either.
    this.#queue.save({ ...rest, endpoints: temporary?.endpoints ?? rest.endpoints });
    const same = why.message.replaceAll(name, ""); // that is another one each time
    const times = this.#unfounded.why === same ? this.#unfounded.times + 1 : 1;
    this.#unfounded = { why: same, times };
    if (times > 2) return;
    // The first time it may be the race for an address.
    this.#queue.tell("etcd", { what: "founding-failed", ...why, again: times > 1 });
  }

  /** Makes what runs what should run. */
  look(
    contact: MembershipView,
    keyWatcher: KeyWatcher,
    volunteers: boolean,
    { isOurs, mayStart }: { readonly isOurs: boolean; readonly mayStart: boolean },
  ): void {
    this.#learnId(contact);
    this.#tellVote(contact);
    this.#isAnothers = contact.isAnothersAddress;
    const { member } = this.#queue.disk;
    if (member !== undefined && this.#isRemoved(member, contact)) this.#putAside(member);
    else if (member !== undefined) this.#adoptNews(member, keyWatcher);
    else if (volunteers) {
      if (isOurs) this.#accept(contact, keyWatcher);
      this.#prepare(contact);
    }
    this.#takeTurn(contact, keyWatcher);
    const wanted = this.#queue.disk.member;
    if (wanted === undefined || this.#stopping !== undefined) this.#wish(undefined);
    else if (this.#alive === undefined && !mayStart) {
      this.#queue.doOnce("prepare", { type: "prepare" });
    } else if (this.#ended === undefined || this.#queue.isDue(this.#restartAt)) this.#run(wanted);
  }

  /**
   * A volunteer is asked when others are missing: what takes seconds on a busy host is done before, at
   * once where it is about to be asked.
   */
  #prepare({ members }: MembershipView): void {
    if (members === undefined) return;
    const { peerUrls } = this.#queue.settings;
    this.#prepareAt ??= this.#queue.now + PREPARE_MS;
    const isNext = members.some((each) => each.name === "" && sameUrls(each.peerUrls, peerUrls));
    if (!isNext && !this.#queue.isDue(this.#prepareAt)) return;
    this.#queue.doOnce("prepare", { type: "prepare" });
  }

  /**
   * Ends the process, and starts it again, so that its file gives back its free room. `isCounted`: it
   * says itself that it has such.
   */
  startAnew(fill: Fill, isCounted: boolean): void {
    const { member } = this.#queue.disk;
    if (member === undefined || this.#alive !== member.name || this.#stopping !== undefined) return;
    this.#stopping = member.name;
    this.#startsAnew = true;
    this.#toldEnd = true;
    this.#queue.tell("etcd", { what: "etcd-restarts", fill, isCounted });
  }

  /** It is this member's turn to run with other arguments: its etcd is ended, and started with these. */
  #takeTurn({ lostSince }: MembershipView, { rolling }: KeyWatcher): void {
    const queue = this.#queue;
    const { member, generation } = queue.disk;
    if (rolling === undefined || lostSince !== undefined || this.#stopping !== undefined) return;
    const isOurs = member?.memberId !== undefined && rolling.turn?.memberId === member.memberId;
    if (!isOurs || generation === rolling.generation) return;
    queue.save({ ...queue.disk, generation: rolling.generation });
    queue.tell("etcd", { what: "etcd-rolls", reason: rolling.reason });
    this.#toldEnd = true;
    if (this.#alive !== member.name) return;
    this.#stopping = member.name;
    this.#startsAnew = true;
  }

  /** Ends the process; membership and data stay. */
  stop(): void {
    this.#isOver = true;
    this.#wish(undefined);
  }

  #run(member: OwnMember): void {
    const { name, initialCluster, founds, ran } = member;
    this.#alive = name;
    this.#ended = undefined;
    const { generation } = this.#queue.disk;
    const runsAs = generation === undefined ? {} : { generation };
    this.#startedAs = generation;
    const state = ran ? "ran" : founds ? "new" : "existing";
    this.#wish({ name, initialCluster, state, ...runsAs });
  }

  #wish(wish: MemberStart | undefined): void {
    // One that never runs etcd takes no port; an etcd that is still to end has it.
    const isFree = this.#alive === undefined && this.#stopping === undefined && !this.#isAnothers;
    const on = wish === undefined && this.#queue.settings.server && isFree;
    this.#queue.doOnce("answer-hello", { type: "answer-hello", on });
    this.#queue.doOnce("etcd", { type: "etcd", wish });
  }

  /** What was founded here gets its id with the first answer. */
  #learnId(contact: MembershipView): void {
    const { disk } = this.#queue;
    if (disk.member === undefined || disk.member.memberId !== undefined) return;
    const listed = contact.members?.find((each) => each.name === disk.member?.name);
    if (listed === undefined) return;
    this.#queue.save({ ...disk, member: { ...disk.member, memberId: listed.id } });
  }

  #tellVote({ members }: MembershipView): void {
    const { memberId } = this.#queue.disk.member ?? {};
    const listed = members?.find((each) => each.id === memberId);
    if (this.#hasLearned && listed?.learner === false) {
      this.#queue.tell("etcd", { what: "votes" });
    }
    this.#hasLearned = listed?.learner === true;
  }

  /** Only an answer that was asked for since this host knows of its membership counts. */
  #isRemoved(member: OwnMember, contact: MembershipView): boolean {
    if (member.memberId === undefined || contact.asOf <= this.#since) return false;
    if (contact.members === undefined) return false;
    const listed = contact.members.find((each) => each.id === member.memberId);
    // Started under another name: it was never ours.
    return listed === undefined || !member.ran && listed.name !== "" && listed.name !== member.name;
  }

  #putAside({ name }: OwnMember): void {
    const queue = this.#queue;
    const { member: _, ...rest } = queue.disk;
    this.#wish(undefined);
    if (this.#alive === name) this.#stopping = name;
    if (this.#stopping !== undefined) return; // it is moved once its process has ended
    queue.save(rest);
    queue.do({ type: "aside", name });
    this.#ended = undefined;
    this.#toldEnd = false;
    queue.tell("etcd", { what: "member-no-more" });
  }

  /** The list of members has changed before it ever started. */
  #adoptNews(member: OwnMember, keyWatcher: KeyWatcher): void {
    const news = keyWatcher.nomination?.record;
    if (member.ran || news === undefined || news.memberId !== member.memberId) return;
    const initialCluster = named(news.initialCluster, member.name);
    if (JSON.stringify(initialCluster) === JSON.stringify(member.initialCluster)) return;
    this.#queue.save({ ...this.#queue.disk, member: { ...member, initialCluster } });
  }

  /** It was asked, and the members confirm: a learner that has never run, so without any data. */
  #accept(contact: MembershipView, keyWatcher: KeyWatcher): void {
    const queue = this.#queue;
    const { nomination } = keyWatcher;
    if (nomination === undefined || this.#stopping !== undefined) return;
    if (contact.asOf <= nomination.since) return contact.refresh();
    const { memberId, clusterId, initialCluster } = nomination.record;
    const listed = contact.members?.find((each) => each.id === memberId);
    if (clusterId !== queue.disk.clusterId || listed?.learner !== true || listed.name !== "") {
      return;
    }
    if (!sameUrls(listed.peerUrls, queue.settings.peerUrls)) return; // asked before we had the name
    const name = memberName(queue.settings.host, queue.hex(4));
    const member = {
      name,
      memberId,
      initialCluster: named(initialCluster, name),
      founds: false,
      ran: false,
    };
    this.#since = queue.now;
    this.#ended = undefined;
    this.#problem = undefined;
    this.#pauses.reset();
    queue.save({ ...queue.disk, member });
    queue.tell("etcd", { what: "nominated" });
  }
}

/** The list with this member's own name where it stands without one. */
function named(list: OwnMember["initialCluster"], own: string): OwnMember["initialCluster"] {
  return list.map(({ name, url }) => ({ name: name === "" ? own : name, url }));
}
