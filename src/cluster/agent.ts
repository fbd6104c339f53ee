/**
 * The agent of the cluster on one host, as a state machine without any input or output: events go
 * in, effects come out. The same code runs in the program and in the simulation.
 *
 * **How it is driven.** Make one with the settings, what the disk holds, and a source of random
 * digits; give it `start` and then every event as it happens, each with the monotonic time, and do
 * the effects it returns in their order before the next event. One event at a time; no effect is
 * waited for except `save`, which is durable before what follows. In detail:
 *
 * - `call`: `perform(store, call, {deadlineMs})` of `calls.ts`, then the event `answer`; not made,
 *   and answered with `deadline`, when `notAfter` has passed. `endpoints` opens the store (again).
 * - `watch`: `store.watch`, its changes and its end as `changed` and `broken`.
 * - `ask`: an HTTP question to that client URL with `hello` as JSON, answered by {@linkcode Agent.hello}
 *   of the other; who is asked hears `asked` first. `answer-hello` opens and closes the small server,
 *   and `address` says whether it could be opened.
 * - `etcd`: run that etcd and no other (adopt one that is left behind, if it is this member), or end
 *   it; `etcd-runs` when it answers, `etcd-ended` whenever one has ended, also when it was told to.
 * - `prepare`: do beforehand what an etcd that is to run needs. `aside`: rename the data directory. `wake`: one timer, replaced by the next `wake`.
 * - `compare`: compare exports and what is collected with the store.
 * - `place`: how it is with a place that the event `want` asked for; `unwant` gives it back, when what
 *   was done under it has ended.
 *
 * The parts look at the state and not at the event, one after the other, until nothing is left to do:
 * contact (where the store is), founding (how the first one comes about), claim (whether the name is
 * its own), session (what the host says of itself), ear (what it is asked), own etcd, its file and its
 * address, leader (which reads, decides and acts in rounds), keeper of the store (which must not fill
 * up), voice (what people hear of the contact).
 *
 * @module
 */

import { OwnAddress } from "./agent_address.ts";
import { Claim } from "./agent_claim.ts";
import { Contact } from "./agent_contact.ts";
import { Ear } from "./agent_ear.ts";
import { Founding } from "./agent_founding.ts";
import type { AgentDisk, AgentEffect, AgentEvent, AgentSettings } from "./agent_io.ts";
import { Leader } from "./agent_leader.ts";
import { OwnEtcd } from "./agent_member.ts";
import { OwnFile } from "./agent_own_file.ts";
import { OwnPlaces } from "./agent_places.ts";
import { Session } from "./agent_session.ts";
import { type Right, StoreKeeper } from "./agent_upkeep.ts";
import { Voice } from "./agent_voice.ts";
import type { Failure } from "../base/result.ts";
import { Desk } from "./desk.ts";
import type { Hello } from "./hello.ts";
import type { Member } from "./store.ts";
import { isLoopback } from "./urls.ts";

/** Looks of all parts for one event; more is a bug. */
const MOST_LOOKS = 20;
/** Who is to find out whether it is a copy does not wait for a cluster that is silent for so long. */
const SILENT_MS = 5000;
/** The same where the cluster answers, but not to that. */
const UNKNOWN_MS = 10_000;

/** What `mgmt members` and `mgmt cluster status` say of this host. */
export interface AgentStatus {
  readonly clusterId: string | undefined;
  readonly memberId: string | undefined;
  readonly etcd: string;
  /** Since when there is no contact with the cluster. */
  readonly lostSince: number | undefined;
  /** The cluster has answered since the start, and still does. */
  readonly answers: boolean;
  /** As last heard, also while there is no contact. */
  readonly members: readonly Member[] | undefined;
  /** When that was asked for. */
  readonly heardAt: number;
  /** Why it is in no cluster yet. */
  readonly waitsFor: string | undefined;
  readonly registered: boolean;
  /** What the store has of this host as long as its name is its own. */
  readonly live: string | undefined;
  /** Why it has no part in the cluster: its name is another's, or its state is a copy. */
  readonly outcast: Failure | undefined;
  /** What this host does as the leader, and why; undefined: it does not lead. */
  readonly leads: string | undefined;
}

/** The agent of one host. */
export class Agent {
  readonly #desk: Desk;
  readonly #contact: Contact;
  readonly #founding: Founding;
  readonly #claim: Claim;
  readonly #session: Session;
  readonly #ear: Ear;
  readonly #etcd: OwnEtcd;
  readonly #file: OwnFile;
  readonly #address: OwnAddress;
  readonly #leader: Leader;
  readonly #keeper: StoreKeeper;
  readonly #places: OwnPlaces;
  readonly #voice: Voice;
  #volunteer: boolean;
  #held = false;
  /** Why the own address could not be opened. */
  #problem: string | undefined;
  #stopped = false;
  #hasQuit = false;
  #startedAt = 0;

  constructor(settings: AgentSettings, disk: AgentDisk, hex: (bytes: number) => string) {
    this.#desk = new Desk(settings, disk, hex);
    this.#contact = new Contact(this.#desk);
    this.#founding = new Founding(this.#desk);
    this.#places = new OwnPlaces(this.#desk);
    this.#claim = new Claim(this.#desk);
    this.#session = new Session(this.#desk, this.#claim, () => this.#places.holds);
    this.#ear = new Ear(this.#desk, {
      own: (...found) => this.#session.found(...found),
      claim: (entry) => {
        if (this.#session.isRegistered) this.#claim.heard(entry);
      },
    });
    this.#etcd = new OwnEtcd(this.#desk);
    this.#file = new OwnFile(this.#desk);
    this.#address = new OwnAddress(this.#desk);
    this.#leader = new Leader(this.#desk, this.#contact);
    this.#keeper = new StoreKeeper(this.#desk);
    this.#voice = new Voice(this.#desk);
    this.#volunteer = settings.volunteer && settings.server;
  }

  /** What it answers when another host asks who it is. */
  hello(): Hello {
    return this.#founding.hello();
  }

  /** How it is doing. */
  status(): AgentStatus {
    const { clusterId, member } = this.#desk.disk;
    return {
      clusterId,
      memberId: member?.memberId,
      etcd: this.#etcd.status().etcd,
      lostSince: this.#contact.lostSince,
      answers: clusterId !== undefined && this.#contact.members !== undefined &&
        this.#contact.lostSince === undefined,
      members: this.#contact.members,
      heardAt: this.#contact.asOf,
      waitsFor: this.#founding.waitsFor,
      registered: this.#session.isRegistered,
      live: this.#session.live,
      outcast: this.#claim.outcast,
      leads: this.#leader.doing,
    };
  }

  /** Takes an event, and says what is to be done. */
  step(event: AgentEvent, now: number): readonly AgentEffect[] {
    this.#desk.now = now;
    this.#take(event);
    for (let count = 0; !this.#stopped; count++) {
      if (this.#claim.standing === "copy") this.#quit();
      else this.#look();
      if (!this.#desk.takeAgain()) break;
      if (count >= MOST_LOOKS) throw new Error("the agent does not come to rest");
    }
    return this.#desk.takeEffects();
  }

  #take(event: AgentEvent): void {
    switch (event.type) {
      case "start":
        this.#startedAt = this.#desk.now;
        return;
      case "wake":
        return;
      case "answer":
        return this.#desk.answered(event.id, event.result);
      case "changed":
        return this.#desk.heard(event.watch, event.changes);
      case "broken":
        return this.#desk.broken(event.watch);
      case "hello":
        if (event.answer.ok) this.#contact.told(event.answer.value);
        return this.#founding.answered(event.id, event.answer);
      case "asked":
        return this.#founding.asked(event.by);
      case "address":
        this.#held = event.held;
        this.#problem = event.problem?.message;
        this.#contact.address(event.held, event.problem);
        return this.#founding.address(event.held, event.problem);
      case "etcd-runs":
        return this.#etcd.started(event.name);
      case "etcd-ended":
        return this.#etcd.ended(event.name, event.end, event.message, this.#contact);
      case "probed":
        return this.#claim.probed(event.nonce, event.lives);
      case "offer":
        this.#volunteer = event.volunteer && this.#desk.settings.server;
        return;
      case "want":
        return this.#places.want(event.wish);
      case "unwant":
        return this.#places.unwant(event.want);
      case "stop":
        return this.#stop();
    }
  }

  #look(): void {
    const desk = this.#desk;
    // Where the own etcd ran the address is ours until something else is heard: an offer that is taken
    // back for a moment gives the place to another.
    if (desk.disk.member?.ran === true) this.#held = true;
    // Who has its address could not start etcd there.
    const mayStart = desk.disk.member !== undefined ||
      this.#held && !this.#contact.isAnothersAddress;
    const volunteers = this.#volunteer && mayStart &&
      (desk.disk.member !== undefined || this.#contact.whyOutOfReach === undefined);
    const isWithoutEtcd = (url: string) => this.#founding.isWithoutEtcd(url);
    this.#contact.look(this.#etcd.serves(this.#contact), this.#etcd.runs, isWithoutEtcd);
    this.#founding.look(this.#contact);
    if (desk.disk.clusterId !== undefined && this.#contact.members !== undefined) {
      const { domain } = desk.settings;
      const reason = volunteers ? undefined : this.#whyNoOffer();
      const status = {
        ...(reason === undefined ? {} : { reason }),
        ...this.#etcd.status(),
        ...(domain === undefined ? {} : { domain }),
      };
      this.#session.look(status, volunteers, this.#contact);
      this.#ear.look(this.#contact);
    }
    const isOurs = this.#session.isRegistered;
    const isFree = this.#mayStart();
    this.#etcd.look(this.#contact, this.#ear, volunteers, { isOurs, mayStart: isFree });
    this.#file.look(this.#contact, this.#etcd, isFree);
    // A copy that does not know it yet must decide nothing, and be found nowhere else.
    this.#address.look(this.#contact, this.#etcd.runs && isOurs);
    const mayLead = this.#claim.standing === "free" && this.#etcd.serves(this.#contact);
    this.#leader.look(mayLead, this.#ear, this.#keeper.isDefragmenting);
    this.#keeper.look(this.#rightToKeep(), this.#leader.isChanging);
    this.#places.look(this.#session.lease, this.#whyNoPlace());
    this.#voice.look(this.#contact, this.#etcd.runs);
  }

  /** Why nobody could be asked for a place in a semaphore of the fleet. */
  #whyNoPlace(): string | undefined {
    if (this.#desk.disk.clusterId === undefined) return "this host is in no cluster yet";
    if (this.#contact.lostSince !== undefined) return "no contact with the cluster";
    const { outcast } = this.#claim;
    if (outcast !== undefined) return outcast.message;
    if (!this.#session.isRegistered) return "this host does not have its name in the cluster yet";
    return this.#ear.hasHeard && this.#ear.leader === undefined
      ? "no host leads the cluster"
      : undefined;
  }

  #rightToKeep(): Right | undefined {
    if (this.#leader.leads) return "leads";
    return this.#leader.lacksSpace ? "alone" : undefined;
  }

  /**
   * Two etcds with the data of one member harm each other: it is not started before the cluster has
   * said whether this is a copy, unless it says nothing, perhaps because this very member is missing.
   */
  #mayStart(): boolean {
    const { standing } = this.#claim;
    const { lostSince } = this.#contact;
    if (standing === "free" || this.#desk.disk.clusterId === undefined) return true;
    if (lostSince !== undefined) {
      return standing === "unknown" || this.#desk.isDue(lostSince + SILENT_MS);
    }
    return standing === "unknown" && this.#desk.isDue(this.#startedAt + UNKNOWN_MS);
  }

  /** This state is a copy: its part in the cluster is over, until somebody starts it anew. */
  #quit(): void {
    if (!this.#hasQuit) {
      this.#hasQuit = true;
      this.#end();
      this.#desk.doOnce("answer-hello", { type: "answer-hello", on: false });
    }
    this.#places.look(this.#session.lease, this.#claim.outcast?.message);
  }

  /** Why this host would offer itself, and cannot: where others could not tell, it is a warning. */
  #whyNoOffer(): string | undefined {
    const { disk, settings: { clientUrls, peerUrls } } = this.#desk;
    if (!this.#volunteer || disk.member !== undefined) return undefined;
    const away = this.#contact.whyOutOfReach;
    const why = away ?? this.#contact.whyNoAddress ?? (this.#held ? undefined : this.#problem);
    if (why !== undefined && (away !== undefined || !clientUrls.every(isLoopback))) {
      const isPeer = away !== undefined && peerUrls.some(isLoopback);
      const flags = isPeer ? "--client-urls and --server-urls" : "--client-urls";
      const text = `this host cannot run etcd: ${why}; give its own with ${flags}`;
      this.#desk.tell("no offer", { type: "warning", text });
    }
    return why;
  }

  #stop(): void {
    this.#end();
    this.#stopped = true;
  }

  #end(): void {
    this.#keeper.end();
    this.#leader.resign(true);
    this.#claim.end();
    this.#session.end();
    this.#ear.end();
    this.#etcd.stop();
  }
}
