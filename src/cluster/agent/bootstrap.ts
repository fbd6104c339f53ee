/**
 * A host that belongs to no cluster yet: it joins one that answers, or founds one where it may.
 *
 * @module
 */

import type { Result } from "../../base/result.ts";
import type { MembershipView } from "./membership_view.ts";
import type { EffectQueue } from "./effect_queue.ts";
import type { OwnAddress } from "./own_address.ts";
import {
  BootstrapPeers,
  type Hello,
  hostSet,
  NO_ANSWER,
  type Obstacle,
  placesToAsk,
  SILENCE_MS,
} from "./hello.ts";
import type { ObstacleReason } from "./obstacle.ts";
import { memberName } from "../store/keys.ts";

/** Between two rounds of questions, to few hosts or to many. */
const ASK_MS = 500, ASK_MANY_MS = 1000;
/** Of that, for each that is asked. */
const ASK_ONE_MS = 50;
/** The same, where the cluster is known but away. */
const LOST_MS = 5000;
const DEADLINE_MS = 1000;
/** Between two tries to open the own address. */
const OPEN_MS = 1000;
/** Who leaves an address to its etcd has so long until that listens there. */
const TAKES_MS = 5000;
/** The same at last, where there is a cluster; nobody tells when an address is free. */
const OPEN_LAST_MS = 60_000;

/** Between two foundings. */
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;

/** So long a cluster that is on its way may take, before anybody is warned. */
const PASSES_MS = 30_000;
/** Different warnings of one run. */
const MOST_WARNINGS = 20;

/** Why a run with seeds that ends by itself goes on waiting. */
const FOUNDS_NONE: Obstacle = {
  why: { code: "founds-none" },
  wrong: false,
};
/** Nobody has been asked for so long that it would say anything. */
const NOTHING_YET: Obstacle = { why: NO_ANSWER, wrong: false, passes: true };

/** The way into a cluster. */
export class Bootstrap {
  readonly #queue: EffectQueue;
  readonly #acquaintances = new BootstrapPeers();
  #nextAt = -Infinity;
  /** A founding that failed is not tried again at once: its reason may last. */
  #notBefore = -Infinity;
  #pauseMs = FIRST_PAUSE_MS;
  /** Its etcd has not come to run yet. */
  #founds = false;
  readonly #own: OwnAddress;
  /** When to try again to open it; whoever has it now may leave. */
  #openAt = Infinity;
  #openMs = OPEN_MS;
  #waitingSince: number | undefined;
  #said: ObstacleReason | undefined;
  readonly #warned = new Set<string>();
  /** Who said last that it founds a cluster, and until when that is believed. */
  #founder: { readonly url: string; readonly until: number } | undefined;

  constructor(queue: EffectQueue, own: OwnAddress) {
    this.#queue = queue;
    this.#own = own;
  }

  /** What this host answers when it is asked. */
  hello(): Hello {
    const { settings, disk } = this.#queue;
    const cluster = disk.clusterId ?? (disk.member === undefined ? "none" : "founding");
    const hosts = hostSet(settings.seeds, settings.clientUrls);
    const { clientUrls } = settings;
    const never = this.#mayFound ? {} : { founds: false };
    return { id: disk.id, cluster, clientUrls, hosts, endpoints: disk.endpoints, ...never };
  }

  /** Whoever names others is to find them: what it founded beside them would be another cluster. */
  get #mayFound(): boolean {
    const { endsByItself, seeds } = this.#queue.settings;
    return endsByItself !== true || seeds.length === 0;
  }

  get #formerHosts(): readonly string[] {
    const { disk: { formerHosts = [] }, settings: { clientUrls } } = this.#queue;
    return formerHosts.filter((url) => !clientUrls.includes(url));
  }

  /** A host answers at this address, and so no etcd does. */
  isWithoutEtcd(url: string): boolean {
    return this.#acquaintances.isWithoutEtcd(url, this.#queue.now);
  }

  /** Why there is no cluster yet, as far as that is known. */
  get waitsFor(): ObstacleReason | undefined {
    return this.#queue.disk.clusterId === undefined ? this.#said : undefined;
  }

  /** Another host asks. */
  asked(by: Hello): void {
    if (by.id !== this.#queue.disk.id) this.#acquaintances.askedBy(by, this.#queue.now);
  }

  /** The own address was tried: where it could not be opened, that is tried again. */
  triedAddress(): void {
    const held = this.#own.isAnswered;
    this.#openAt = held ? Infinity : this.#queue.now + this.#openMs;
    const isClient = !held && this.#queue.disk.clusterId !== undefined;
    this.#openMs = isClient ? Math.min(2 * this.#openMs, OPEN_LAST_MS) : OPEN_MS;
  }

  /** What another host said. */
  answered(id: number, answer: Result<Hello>): void {
    this.#acquaintances.answered(id, answer);
    if (answer.ok && this.#isTakenBy(answer.value)) {
      this.#openAt = Math.max(this.#openAt, this.#queue.now + TAKES_MS);
    }
  }

  /** Another host founds a cluster at our address: while its etcd starts nobody seems to be there. */
  #isTakenBy({ id, cluster, clientUrls }: Hello): boolean {
    const { settings, disk } = this.#queue;
    return id !== disk.id && cluster !== "none" &&
      clientUrls.some((url) => settings.clientUrls.includes(url));
  }

  /** Where there is no contact: asks the others where the cluster is, or founds one. */
  look(contact: MembershipView): void {
    const queue = this.#queue;
    const { settings, disk } = queue;
    if (contact.lostSince !== undefined) this.#ask(disk.clusterId === undefined ? ASK_MS : LOST_MS);
    if (disk.member !== undefined) return;
    this.#openAgain();
    if (disk.clusterId !== undefined) return;
    if (this.#founds) this.#hasFailed();
    if (contact.lostSince === undefined) {
      if (settings.seeds.length > 0) this.#tellWaiting(NOTHING_YET);
      return;
    }
    const obstacle = this.#obstacle();
    if (obstacle !== undefined) this.#tellWaiting(obstacle);
    else if (queue.isDue(this.#notBefore)) this.#found(contact);
  }

  /** Why this host does not found a cluster now. */
  #obstacle(): Obstacle | undefined {
    const { settings, now } = this.#queue;
    if (settings.server && this.#own.isAnswered) {
      const why = this.#acquaintances.whyNotFound(this.hello(), now, this.#formerHosts);
      return why ?? (this.#mayFound ? undefined : FOUNDS_NONE);
    }
    const places = placesToAsk(settings, this.#own.isAnswered);
    const there = this.#acquaintances.whyNoCluster(places, now) ?? NOTHING_YET;
    // Left to an etcd that did not start, it has not been tried again.
    if (!settings.server || this.#own.isOurs !== false) return there;
    const [url = ""] = settings.clientUrls;
    const own = { code: "own-address", url, failure: this.#own.problem } as const;
    if (own.failure?.code === "address-absent") return { why: own, wrong: true };
    if (there.why.code === "no-answer") return { why: own, wrong: false };
    return { ...there, why: { ...own, other: there.why, isThere: places.includes(url) } };
  }

  #ask(everyMs: number): void {
    const queue = this.#queue;
    const { settings, disk } = queue;
    const places = placesToAsk(settings, this.#own.isAnswered);
    const hello = this.hello();
    const known = disk.clusterId === undefined
      ? [...this.#acquaintances.formerPlaces(hello), ...this.#formerHosts]
      : disk.endpoints.filter((url) => !settings.clientUrls.includes(url));
    const urls = new Set([...places, ...known]);
    if (urls.size === 0 || !queue.isDue(this.#nextAt)) return;
    const asked = disk.clusterId === undefined
      ? this.#acquaintances.whomToAsk([...urls], hello, queue.now)
      : [...urls];
    const manyMs = Math.min(ASK_ONE_MS * asked.length, ASK_MANY_MS);
    this.#nextAt = queue.now + Math.max(everyMs, manyMs);
    queue.wakeAt(this.#nextAt);
    for (const url of asked) {
      this.#acquaintances.ask(queue.ask(url, hello, DEADLINE_MS), url, queue.now);
    }
  }

  #openAgain(): void {
    if (!this.#queue.isDue(this.#openAt)) return;
    this.#openAt = Infinity;
    this.#queue.redo("answer-hello");
  }

  /** As a warning where it is wrong, or lasts: this very obstacle, not the wait as a whole. */
  #tellWaiting({ why, wrong, passes = false, silentSince = -Infinity }: Obstacle): void {
    const queue = this.#queue;
    if (!wrong && this.#isFounding(why)) return;
    const since = Math.max(this.#waitingSince ??= queue.now, silentSince);
    const warnAt = since + (passes ? PASSES_MS : SILENCE_MS);
    const text = JSON.stringify(why);
    const lasts = this.#warned.size === 0 && queue.isDue(warnAt);
    const warns = lasts || wrong && !this.#warned.has(text) && this.#warned.size < MOST_WARNINGS;
    if (JSON.stringify(this.#said) === text && !warns) return;
    this.#said = why;
    if (warns) this.#warned.add(text);
    const seeds = queue.settings.seeds.length > 0;
    queue.do({ type: "tell", news: { what: "waiting", seeds, why, warns } });
  }

  /** A host that said that it founds a cluster is silent there, until its etcd has taken its place and serves. */
  #isFounding(why: ObstacleReason): boolean {
    const queue = this.#queue;
    if (why.code === "in-cluster") {
      this.#founder = { url: why.url, until: queue.now + PASSES_MS };
      return false;
    }
    const { url, until } = this.#founder ?? { url: "", until: -Infinity };
    const isSilent = why.code === "failed" || why.code === "silent";
    return isSilent && why.url === url && !queue.isDue(until);
  }

  /** Somebody else may have a cluster by now: there is time to find it. */
  #hasFailed(): void {
    this.#founds = false;
    this.#notBefore = this.#queue.now + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  #found(contact: MembershipView): void {
    const queue = this.#queue;
    this.#founds = true;
    this.#own.leftToEtcd();
    contact.forget();
    const { host, peerUrls, endsByItself = false } = queue.settings;
    const name = memberName(host, queue.hex(4), endsByItself);
    const initialCluster = peerUrls.map((url) => ({ name, url }));
    const { temporary: _, ...disk } = queue.disk;
    const passing = endsByItself ? { temporary: { endpoints: disk.endpoints } } : {};
    queue.save({ ...disk, ...passing, member: { name, initialCluster, founds: true, ran: false } });
    queue.tell("waiting", { what: "founds", temporary: endsByItself });
  }
}
