/**
 * The etcd of this host: it runs while the host is a member or has been asked to become one, and is
 * put aside once the members have said that it is none any more. Its data is never put aside on
 * anything less than a majority's word.
 *
 * @module
 */

import { createBackoff } from "../base/backoff.ts";
import type { Contact } from "./agent_contact.ts";
import type { EtcdEnd, EtcdWish, OwnMember } from "./agent_io.ts";
import type { Ear } from "./agent_ear.ts";
import type { Desk } from "./desk.ts";
import { memberName } from "./keys.ts";
import { sameUrls } from "./operation.ts";
import type { StatusRecord } from "./records.ts";

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
export class OwnEtcd {
  readonly #desk: Desk;
  #alive: string | undefined;
  #running: string | undefined;
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

  constructor(desk: Desk) {
    this.#desk = desk;
    this.#since = desk.now;
  }

  /** Our etcd answers. */
  get runs(): boolean {
    return this.#running !== undefined && this.#running === this.#desk.disk.member?.name;
  }

  /** Our etcd answers and has a vote, so that it can be asked. */
  serves(contact: Contact): boolean {
    const { member, clusterId } = this.#desk.disk;
    if (!this.runs) return false;
    if (clusterId === undefined) return true; // founded here
    const listed = contact.members?.find((each) => each.id === member?.memberId);
    return listed !== undefined ? !listed.learner : contact.members === undefined;
  }

  /** What the others are told. */
  status(): Omit<StatusRecord, "domain"> {
    const { member } = this.#desk.disk;
    if (member?.memberId === undefined) return { etcd: "none" };
    const { memberId } = member;
    const { clientUrls } = this.#desk.settings;
    if (this.runs) return { etcd: "running", memberId, clientUrls };
    if (this.#problem !== undefined) {
      const unfit = this.#ended?.end === "absent" ? { unfit: this.#problem } : {};
      return { etcd: "failed", memberId, reason: this.#problem, ...unfit };
    }
    return { etcd: "starting", memberId };
  }

  /** The process answers. */
  started(name: string): void {
    const { disk } = this.#desk;
    this.#running = name;
    this.#runsSince = this.#desk.now;
    this.#ended = undefined;
    this.#problem = undefined;
    const again = disk.member?.ran === true ? " again" : "";
    if (this.#toldEnd) this.#desk.tell("etcd", { type: "etcd", text: `etcd runs${again}` });
    this.#toldEnd = false;
    this.#absentSince = undefined;
    if (disk.member?.name !== name || disk.member.ran) return;
    this.#desk.save({ ...disk, member: { ...disk.member, ran: true } });
  }

  /** The process has ended. */
  ended(name: string, end: EtcdEnd, message: string, contact: Contact): void {
    const desk = this.#desk;
    if (this.#alive === name) this.#alive = undefined;
    if (this.#running === name) this.#running = undefined;
    const isPlanned = this.#stopping === name;
    const startsAnew = isPlanned && this.#startsAnew;
    if (isPlanned) {
      this.#stopping = undefined;
      this.#startsAnew = false;
    }
    if (desk.disk.member?.name !== name || this.#isOver || startsAnew) return;
    contact.refresh();
    if (end === "unstarted" && this.#isUnfounded()) return this.#giveUpFounding(name, message);
    this.#ended = { end, message };
    const isRemoved = end === "removed" || isPlanned;
    this.#problem = isRemoved ? "no member any more" : message;
    if (desk.now - this.#runsSince >= RAN_MS) this.#pauses.reset();
    this.#runsSince = Infinity;
    this.#restartAt = desk.now + (end === "other" ? RESTART_MS : this.#pauses.next());
    desk.redo("etcd");
    // What its log says of that reads like a crash; that it is a client now is said in a moment.
    if (isPlanned) return;
    if (end !== "absent") this.#absentSince = undefined;
    else if (desk.now < (this.#absentSince ??= desk.now) + ABSENT_MS) return;
    this.#toldEnd = true;
    if (isRemoved) {
      const text = "etcd has ended: the cluster has decided that this host is no member any more";
      return desk.tell("etcd", { type: "etcd", text });
    }
    const what = end === "unstarted" || end === "absent" ? "etcd does not start" : "etcd ended";
    const type = end === "other" ? "etcd" : "warning";
    desk.tell("etcd", { type, text: `${what}: ${message}` });
  }

  #isUnfounded(): boolean {
    const { member } = this.#desk.disk;
    return member?.founds === true && !member.ran;
  }

  /** Somebody else took the addresses first: there may be a cluster to join by now. */
  #giveUpFounding(name: string, message: string): void {
    const { member: _, ...rest } = this.#desk.disk;
    this.#ended = undefined;
    this.#desk.save(rest);
    const why = message.replaceAll(name, ""); // that is another one each time
    const times = this.#unfounded.why === why ? this.#unfounded.times + 1 : 1;
    this.#unfounded = { why, times };
    if (times > 2) return;
    // The first time it may be the race for an address.
    const type = times === 1 ? "etcd" : "warning";
    this.#desk.tell("etcd", { type, text: `founds no cluster: ${message}` });
  }

  /** Makes what runs what should run. */
  look(
    contact: Contact,
    ear: Ear,
    volunteers: boolean,
    { isOurs, mayStart }: { readonly isOurs: boolean; readonly mayStart: boolean },
  ): void {
    this.#learnId(contact);
    this.#tellVote(contact);
    this.#isAnothers = contact.isAnothersAddress;
    const { member } = this.#desk.disk;
    if (member !== undefined && this.#isRemoved(member, contact)) this.#putAside(member);
    else if (member !== undefined) this.#adoptNews(member, ear);
    else if (volunteers) {
      if (isOurs) this.#accept(contact, ear);
      this.#prepare(contact);
    }
    const wanted = this.#desk.disk.member;
    if (wanted === undefined || this.#stopping !== undefined) this.#wish(undefined);
    else if (this.#alive === undefined && !mayStart) {
      this.#desk.doOnce("prepare", { type: "prepare" });
    } else if (this.#ended === undefined || this.#desk.isDue(this.#restartAt)) this.#run(wanted);
  }

  /**
   * A volunteer is asked when others are missing: what takes seconds on a busy host is done before, at
   * once where it is about to be asked.
   */
  #prepare({ members }: Contact): void {
    if (members === undefined) return;
    const { peerUrls } = this.#desk.settings;
    this.#prepareAt ??= this.#desk.now + PREPARE_MS;
    const isNext = members.some((each) => each.name === "" && sameUrls(each.peerUrls, peerUrls));
    if (!isNext && !this.#desk.isDue(this.#prepareAt)) return;
    this.#desk.doOnce("prepare", { type: "prepare" });
  }

  /** Ends the process, and starts it again. */
  startAnew(why: string): void {
    const { member } = this.#desk.disk;
    if (member === undefined || this.#alive !== member.name || this.#stopping !== undefined) return;
    this.#stopping = member.name;
    this.#startsAnew = true;
    this.#toldEnd = true;
    this.#desk.tell("etcd", { type: "etcd", text: `starts etcd anew: ${why}` });
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
    this.#wish({ name, initialCluster, state: ran ? "ran" : founds ? "new" : "existing" });
  }

  #wish(wish: EtcdWish | undefined): void {
    // One that never runs etcd takes no port; an etcd that is still to end has it.
    const isFree = this.#alive === undefined && this.#stopping === undefined && !this.#isAnothers;
    const on = wish === undefined && this.#desk.settings.server && isFree;
    this.#desk.doOnce("answer-hello", { type: "answer-hello", on });
    this.#desk.doOnce("etcd", { type: "etcd", wish });
  }

  /** What was founded here gets its id with the first answer. */
  #learnId(contact: Contact): void {
    const { disk } = this.#desk;
    if (disk.member === undefined || disk.member.memberId !== undefined) return;
    const listed = contact.members?.find((each) => each.name === disk.member?.name);
    if (listed === undefined) return;
    this.#desk.save({ ...disk, member: { ...disk.member, memberId: listed.id } });
  }

  #tellVote({ members }: Contact): void {
    const { memberId } = this.#desk.disk.member ?? {};
    const listed = members?.find((each) => each.id === memberId);
    if (this.#hasLearned && listed?.learner === false) {
      this.#desk.tell("etcd", { type: "etcd", text: "votes now: is no learner any more" });
    }
    this.#hasLearned = listed?.learner === true;
  }

  /** Only an answer that was asked for since this host knows of its membership counts. */
  #isRemoved(member: OwnMember, contact: Contact): boolean {
    if (member.memberId === undefined || contact.asOf <= this.#since) return false;
    if (contact.members === undefined) return false;
    const listed = contact.members.find((each) => each.id === member.memberId);
    // Started under another name: it was never ours.
    return listed === undefined || !member.ran && listed.name !== "" && listed.name !== member.name;
  }

  #putAside({ name }: OwnMember): void {
    const desk = this.#desk;
    const { member: _, ...rest } = desk.disk;
    this.#wish(undefined);
    if (this.#alive === name) this.#stopping = name;
    if (this.#stopping !== undefined) return; // it is moved once its process has ended
    desk.save(rest);
    desk.do({ type: "aside", name });
    this.#ended = undefined;
    this.#toldEnd = false;
    desk.tell("etcd", {
      type: "etcd",
      text: "no member of the cluster any more: runs as a client",
    });
  }

  /** The list of members has changed before it ever started. */
  #adoptNews(member: OwnMember, ear: Ear): void {
    const news = ear.nomination?.record;
    if (member.ran || news === undefined || news.memberId !== member.memberId) return;
    const initialCluster = named(news.initialCluster, member.name);
    if (JSON.stringify(initialCluster) === JSON.stringify(member.initialCluster)) return;
    this.#desk.save({ ...this.#desk.disk, member: { ...member, initialCluster } });
  }

  /** It was asked, and the members confirm: a learner that has never run, so without any data. */
  #accept(contact: Contact, ear: Ear): void {
    const desk = this.#desk;
    const { nomination } = ear;
    if (nomination === undefined || this.#stopping !== undefined) return;
    if (contact.asOf <= nomination.since) return contact.refresh();
    const { memberId, clusterId, initialCluster } = nomination.record;
    const listed = contact.members?.find((each) => each.id === memberId);
    if (clusterId !== desk.disk.clusterId || listed?.learner !== true || listed.name !== "") return;
    if (!sameUrls(listed.peerUrls, desk.settings.peerUrls)) return; // asked before we had the name
    const name = memberName(desk.settings.host, desk.hex(4));
    const member = {
      name,
      memberId,
      initialCluster: named(initialCluster, name),
      founds: false,
      ran: false,
    };
    this.#since = desk.now;
    this.#ended = undefined;
    this.#problem = undefined;
    this.#pauses.reset();
    desk.save({ ...desk.disk, member });
    desk.tell("etcd", { type: "etcd", text: "asked to run etcd: starts as a learner" });
  }
}

/** The list with this member's own name where it stands without one. */
function named(list: OwnMember["initialCluster"], own: string): OwnMember["initialCluster"] {
  return list.map(({ name, url }) => ({ name: name === "" ? own : name, url }));
}
