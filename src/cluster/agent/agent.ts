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
 * - `ask`: an HTTP question to that client URL with `hello` as JSON, answered by {@linkcode ClusterAgent.hello}
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
 * membership view (where the store is), bootstrap (how the first one comes about), first rights
 * (that they are in force, in a cluster that has some), identity claim
 * (whether the name is its own), session (what the host says of itself), key watcher (what it is asked),
 * the local member, its file and its address, leadership (which reads, decides and acts in a loop), upkeep
 * of the store (which must not fill up), notices (what people hear of the contact and the members).
 *
 * What they make of a host is its phase (`phase.ts`):
 *
 * ```text
 *   start ─▶ looking ───▶ joining ◀──▶ client ──▶ learner ──▶ voter
 *             ▲  │                       ▲           │        ▲  │
 *             │  ▼                       └─ leaving ◀┴────────┼──┘
 *            founding ────────────────────────────────────────┘
 *   start of a member ─▶ returning ─▶ learner, voter or leaving
 * ```
 *
 * Where a cluster goes with another's run, its clients are `looking` again; `outcast` and back leads a
 * host that has another's name; `stopped` is the end of all.
 *
 * @module
 */

import type { ClusterAgentStatus } from "./agent_status.ts";
import { MemberAddress } from "./member_address.ts";
import { IdentityClaim } from "./identity_claim.ts";
import { OwnAddress } from "./own_address.ts";
import { MembershipView } from "./membership_view.ts";
import { KeyWatcher } from "./key_watcher.ts";
import { Bootstrap } from "./bootstrap.ts";
import type { AgentDisk, AgentSettings, ClusterAgentEvent, Effect } from "./io.ts";
import { Leadership } from "./leadership.ts";
import { NO_LEADER } from "../leader/elections.ts";
import { FirstRights } from "./first_rights.ts";
import { LocalMember } from "./local_member.ts";
import { OwnFile } from "./own_file.ts";
import { CastingOut } from "./casting_out.ts";
import { HeldFleetPlaces } from "./fleet_places.ts";
import { Session } from "./session.ts";
import type { RunsRecord } from "../store/runs_record.ts";
import { TrustFollowing } from "./trust_following.ts";
import { type Right, StoreUpkeep } from "./store_upkeep.ts";
import { ContactNotices } from "./contact_notices.ts";
import { MembershipNotices } from "./membership_notices.ts";
import { type ClusterPhase, phaseOf } from "./phase.ts";
import { EffectQueue } from "./effect_queue.ts";
import type { Hello } from "./hello.ts";
import { isLoopback } from "../store/urls.ts";

export type { ClusterAgentStatus };

/** Looks of all parts for one event; more is a bug. */
const MOST_LOOKS = 20;
/** Who is to find out whether it is a copy does not wait for a cluster that is silent for so long. */
const SILENT_MS = 5000;
/** The same where the cluster answers, but not to that. */
const UNKNOWN_MS = 10_000;

/** The agent of one host. */
export class ClusterAgent {
  readonly #queue: EffectQueue;
  readonly #own = new OwnAddress();
  readonly #contact: MembershipView;
  readonly #bootstrap: Bootstrap;
  readonly #claim: IdentityClaim;
  readonly #castOut: CastingOut;
  readonly #rights: FirstRights;
  readonly #trust: TrustFollowing;
  #runs: RunsRecord | undefined;
  readonly #session: Session;
  readonly #keyWatcher: KeyWatcher;
  readonly #etcd: LocalMember;
  readonly #file: OwnFile;
  readonly #address: MemberAddress;
  readonly #leader: Leadership;
  readonly #keeper: StoreUpkeep;
  readonly #places: HeldFleetPlaces;
  readonly #notices: ContactNotices;
  readonly #standing: MembershipNotices;
  #volunteer: boolean;
  #stopped = false;
  #hasQuit = false;
  #startedAt = 0;

  constructor(settings: AgentSettings, disk: AgentDisk, hex: (bytes: number) => string) {
    this.#queue = new EffectQueue(settings, disk, hex);
    this.#contact = new MembershipView(this.#queue, this.#own);
    this.#bootstrap = new Bootstrap(this.#queue, this.#own);
    this.#places = new HeldFleetPlaces(this.#queue);
    this.#claim = new IdentityClaim(this.#queue);
    this.#trust = new TrustFollowing(this.#queue);
    this.#castOut = new CastingOut(this.#queue, this.#claim, this.#trust);
    this.#rights = new FirstRights(this.#queue);
    this.#session = new Session(this.#queue, this.#claim, () => this.#places.holds);
    this.#keyWatcher = new KeyWatcher(this.#queue, {
      own: (...found) => this.#session.found(...found),
      claim: (entry) => {
        if (this.#session.isRegistered) this.#claim.heard(entry);
      },
      trust: (entry) => this.#castOut.heard(entry),
    });
    this.#etcd = new LocalMember(this.#queue);
    this.#file = new OwnFile(this.#queue);
    this.#address = new MemberAddress(this.#queue);
    this.#leader = new Leadership(this.#queue, this.#contact);
    this.#keeper = new StoreUpkeep(this.#queue);
    this.#notices = new ContactNotices(this.#queue);
    this.#standing = new MembershipNotices(this.#queue);
    this.#volunteer = settings.volunteer && settings.server;
  }

  /** What it answers when another host asks who it is. */
  hello(): Hello {
    return this.#bootstrap.hello();
  }

  /** How it is doing. */
  status(): ClusterAgentStatus {
    const { clusterId, member } = this.#queue.disk;
    return {
      phase: this.#phase(),
      clusterId,
      memberId: member?.memberId,
      etcd: this.#etcd.status().etcd,
      lostSince: this.#contact.lostSince,
      answers: clusterId !== undefined && this.#contact.members !== undefined &&
        this.#contact.lostSince === undefined,
      members: this.#contact.members,
      heardAt: this.#contact.asOf,
      registered: this.#session.isRegistered,
      live: this.#session.live,
      leads: this.#leader.doing,
    };
  }

  #phase(): ClusterPhase {
    return phaseOf({
      disk: this.#queue.disk,
      waitsFor: this.#bootstrap.waitsFor,
      registered: this.#session.isRegistered,
      outcast: this.#claim.outcast,
      members: this.#contact.members,
      isLeaving: this.#etcd.isLeaving,
      hasStopped: this.#stopped,
    });
  }

  /** Takes an event, and says what is to be done. */
  step(event: ClusterAgentEvent, now: number): readonly Effect[] {
    this.#queue.now = now;
    this.#take(event);
    for (let count = 0; !this.#stopped; count++) {
      if (this.#claim.isOver) this.#quit();
      else this.#look();
      if (!this.#queue.takeAgain()) break;
      if (count >= MOST_LOOKS) throw new Error("the agent does not come to rest");
    }
    if (!this.#stopped) {
      const [{ members }, { leader }] = [this.#contact, this.#keyWatcher];
      this.#standing.look({ phase: this.#phase(), members, leader });
    }
    return this.#queue.takeEffects();
  }

  #take(event: ClusterAgentEvent): void {
    switch (event.type) {
      case "start":
        return void (this.#startedAt = this.#queue.now);
      case "wake":
        return;
      case "answer":
        return this.#queue.answered(event.id, event.result);
      case "changed":
        return this.#queue.heard(event.watch, event.changes);
      case "broken":
        return this.#queue.broken(event.watch);
      case "hello":
        if (event.answer.ok) this.#contact.told(event.answer.value);
        return this.#bootstrap.answered(event.id, event.answer);
      case "asked":
        return this.#bootstrap.asked(event.by);
      case "address":
        this.#own.tried(event.held, event.problem);
        return this.#bootstrap.triedAddress();
      case "etcd-runs":
        return this.#etcd.started(event.name);
      case "etcd-ended": {
        const { type: _, name, ...ending } = event;
        return this.#etcd.ended(name, ending, this.#contact);
      }
      case "judged":
        return this.#queue.judged(event.id, event.result);
      case "trusted":
        return this.#queue.trusted(event.id, event.result);
      case "probed":
        return this.#claim.probed(event.nonce, event.lives);
      case "offer":
        this.#volunteer = event.volunteer && this.#queue.settings.server;
        return;
      case "shows":
        return this.#trust.shows(event.certificate);
      case "runs":
        return void (this.#runs = event.record);
      case "refuses":
        return this.#castOut.take(event);
      case "want":
        return this.#places.want(event.wish);
      case "unwant":
        return this.#places.unwant(event.want);
      case "stop":
        this.#end();
        return void (this.#stopped = true);
    }
  }

  #look(): void {
    const queue = this.#queue;
    if (queue.disk.member?.ran === true) this.#own.leftToEtcd();
    // Who has its address could not start etcd there.
    const mayStart = queue.disk.member !== undefined ||
      this.#own.isOurs === true && !this.#contact.isAnothersAddress;
    const volunteers = this.#volunteer && mayStart &&
      (queue.disk.member !== undefined || this.#contact.whyOutOfReach === undefined);
    const isWithoutEtcd = (url: string) => this.#bootstrap.isWithoutEtcd(url);
    this.#contact.look(this.#etcd.serves(this.#contact), this.#etcd.runs, isWithoutEtcd);
    this.#bootstrap.look(this.#contact);
    this.#castOut.look(this.#contact);
    const isKnown = queue.disk.clusterId !== undefined && this.#contact.members !== undefined;
    if (isKnown && this.#rights.look()) {
      const { domain } = queue.settings;
      const reason = volunteers ? undefined : this.#whyNoOffer();
      const status = {
        ...(reason === undefined ? {} : { reason }),
        ...this.#etcd.status(),
        ...(domain === undefined ? {} : { domain }),
        ...this.#trust.said,
        ...this.#castOut.said,
        ...(this.#runs === undefined ? {} : { runs: this.#runs }),
      };
      this.#session.look(status, volunteers, this.#contact);
      this.#keyWatcher.look(this.#contact);
      this.#trust.look(this.#session.isRegistered ? this.#session.lease?.lease : undefined);
    }
    const isOurs = this.#session.isRegistered;
    const isFree = this.#mayStart();
    this.#etcd.look(this.#contact, this.#keyWatcher, volunteers, { isOurs, mayStart: isFree });
    this.#file.look(this.#contact, this.#etcd, isFree);
    // A copy that does not know it yet must decide nothing, and be found nowhere else.
    this.#address.look(this.#contact, this.#etcd.runs && isOurs);
    const isFit = this.#claim.standing === "free" && !this.#trust.isCastOut;
    const mayLead = isFit && this.#etcd.serves(this.#contact);
    this.#leader.look(mayLead, this.#keyWatcher, this.#keeper.isDefragmenting);
    this.#keeper.look(this.#rightToKeep(), this.#leader.isChanging);
    this.#places.look(this.#session.lease, this.#whyNoPlace());
    this.#notices.look(this.#contact, this.#etcd.runs);
  }

  /** Why nobody could be asked for a place in a semaphore of the fleet. */
  #whyNoPlace(): string | undefined {
    if (this.#queue.disk.clusterId === undefined) return "this host is in no cluster yet";
    if (this.#contact.lostSince !== undefined) return "no contact with the cluster";
    const { outcast } = this.#claim;
    if (outcast !== undefined) return outcast.message;
    if (!this.#session.isRegistered) return "this host does not have its name in the cluster yet";
    const { hasHeard, leader } = this.#keyWatcher;
    return hasHeard && leader === undefined ? NO_LEADER : undefined;
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
    if (standing === "free" || this.#queue.disk.clusterId === undefined) return true;
    if (lostSince !== undefined) {
      return standing === "unknown" || this.#queue.isDue(lostSince + SILENT_MS);
    }
    return standing === "unknown" && this.#queue.isDue(this.#startedAt + UNKNOWN_MS);
  }

  /** This state is a copy: its part in the cluster is over, until somebody starts it anew. */
  #quit(): void {
    if (!this.#hasQuit) {
      this.#hasQuit = true;
      this.#end();
      // Who has lost its disk, and knows only this address, hears there where the cluster is.
      const on = this.#queue.settings.server;
      this.#queue.doOnce("answer-hello", { type: "answer-hello", on });
    }
    this.#places.look(this.#session.lease, this.#claim.outcast?.message);
  }

  /** Why this host would offer itself, and cannot: where others could not tell, it is a warning. */
  #whyNoOffer(): string | undefined {
    const { disk, settings: { clientUrls, peerUrls } } = this.#queue;
    if (!this.#volunteer || disk.member !== undefined) return undefined;
    const away = this.#contact.whyOutOfReach;
    const why = away ?? this.#contact.whyNoAddress ??
      (this.#own.isOurs ? undefined : this.#own.problem?.message);
    if (why !== undefined && (away !== undefined || !clientUrls.every(isLoopback))) {
      const isPeer = away !== undefined && peerUrls.some(isLoopback);
      const flags = ["--client-urls", ...(isPeer ? ["--server-urls"] : [])];
      this.#queue.tell("no offer", { what: "no-offer", reason: why, flags });
    }
    return why;
  }

  #end(): void {
    this.#keeper.end();
    this.#leader.resign(true);
    this.#claim.end();
    this.#session.end();
    this.#keyWatcher.end();
    this.#trust.end();
    this.#etcd.stop();
  }
}
