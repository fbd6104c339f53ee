/**
 * How hosts that name each other as seeds found one cluster and not several. Until its etcd runs,
 * each answers at its client URL who it is. Only the one with the lowest id founds, and only after
 * every other one has said that it knows of no cluster and names the same hosts.
 *
 * A question carries what its asker would answer. Whoever is asked by another id than it knows at
 * that address forgets what it knew, and takes no answer of the old one any more: so of two hosts
 * one always learns in time of a disk that was wiped, and with it an id that has changed.
 *
 * @module
 */

import type { Failure, Result } from "../../base/result.ts";
import type { ObstacleReason } from "./obstacle.ts";

/** What a host says of itself. */
export interface Hello {
  readonly id: string;
  /** The id of its cluster, `founding`, or `none`. */
  readonly cluster: string;
  /** Its own client URLs. */
  readonly clientUrls: readonly string[];
  /** Its seeds and own client URLs, sorted, each once. */
  readonly hosts: readonly string[];
  /** Where it last saw its cluster. */
  readonly endpoints: readonly string[];
  /** False: it will found none, whoever else waits for that. */
  readonly founds?: boolean;
}

/** How old an answer may be. */
const FRESH_MS = 2000;

/** So long an answer says whom to ask next, and that no etcd runs there, until another one fails. */
const LASTS_MS = 15_000;

/** Besides the host that is to found the cluster, so many others are asked at a time, in turn. */
const OTHERS_ASKED = 3;

/** Addresses at which a cluster that was left is looked for. */
const MOST_FORMER = 64;

/** Addresses of askers that are kept. */
const MOST_ASKERS = 1000;

/** Reads a hello; undefined: it is none. */
export function readHello(value: unknown): Hello | undefined {
  const { id, cluster, clientUrls, hosts, endpoints, founds } = (value ?? {}) as Record<
    string,
    unknown
  >;
  const valid = typeof id === "string" && typeof cluster === "string" && isTexts(clientUrls) &&
    isTexts(hosts) && isTexts(endpoints);
  const never = founds === false ? { founds } : {};
  return valid ? { id, cluster, clientUrls, hosts, endpoints, ...never } : undefined;
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.length <= 1000 &&
    value.every((one) => typeof one === "string" && one.length <= 1000);
}

/** Seeds and own URLs as they are compared. */
export function hostSet(seeds: readonly string[], own: readonly string[]): readonly string[] {
  return [...new Set([...seeds, ...own])].sort();
}

/**
 * Where a host looks for its cluster: at the seeds, or who has its own address; but not where it
 * answers itself.
 */
export function placesToAsk(
  { seeds, clientUrls }: { readonly seeds: readonly string[]; readonly clientUrls: Urls },
  isHeld: boolean,
): Urls {
  const places = seeds.length > 0 ? seeds : clientUrls;
  return isHeld ? places.filter((url) => !clientUrls.includes(url)) : places;
}

type Urls = readonly string[];

/** Why there is no cluster yet. */
export interface Obstacle {
  readonly why: ObstacleReason;
  /** Waiting does not mend it: somebody should look. */
  readonly wrong: boolean;
  /** Others answer, and a cluster is on its way there: only time is needed. */
  readonly passes?: boolean;
  /** Since when nothing is heard from there. */
  readonly silentSince?: number;
}

/** So long hosts that start together may take to find each other before anybody is warned. */
export const SILENCE_MS = 10_000;

/** And so many questions one after the other have failed. */
const FAILURES_MIN = 5;

/** Who could have become a member, and has been silent for so long, is gone. */
const GONE_MS = 30_000;

/** So long an etcd may take to answer where a host has begun to found a cluster. */
const HANDOVER_MS = 30_000;

/** Nothing has been heard, of nobody. */
export const NO_ANSWER: ObstacleReason = { code: "no-answer" };

/** Codes of answers that will hardly become others. */
const WRONG = new Set([
  "stranger",
  "unknown-host",
  "peer-port",
  "speaks-tls",
  "speaks-plain",
  "untrusted",
]);

/** What is known of the other hosts of the set. */
export class BootstrapPeers {
  #known = new Map<string, { hello: Hello; at: number }>();
  /** Why there was no answer, by address. */
  #silent = new Map<string, Failure>();
  /** The first question there that nobody has answered, and how many have failed since. */
  #unanswered = new Map<string, { readonly at: number; readonly count: number }>();
  /** Whose turn it is to be asked. */
  #turn = 0;
  /** Who was heard last to found a cluster: it is silent while its etcd takes its address. */
  #bootstrap = new Map<string, number>();
  #asked = new Map<number, { url: string; at: number }>();
  /** Who asked last from each address. */
  #askers = new Map<string, string>();

  /** A question goes out. */
  ask(id: number, url: string, now: number): void {
    this.#asked.set(id, { url, at: now });
    if (!this.#unanswered.has(url)) this.#unanswered.set(url, { at: now, count: 0 });
  }

  /** Its answer. */
  answered(id: number, answer: Result<Hello>): void {
    const asked = this.#asked.get(id);
    this.#asked.delete(id);
    if (asked === undefined) return;
    const asker = this.#askers.get(asked.url);
    if (answer.ok) {
      this.#silent.delete(asked.url);
      this.#unanswered.delete(asked.url);
      this.#noteFounding(asked.url, answer.value, asked.at);
    } else {
      this.#silent.set(asked.url, answer.failure);
      const { at, count } = this.#unanswered.get(asked.url) ?? { at: asked.at, count: 0 };
      this.#unanswered.set(asked.url, { at, count: count + 1 });
    }
    const isNews = answer.ok && (asker === undefined || asker === answer.value.id);
    if (isNews) this.#known.set(asked.url, { hello: answer.value, at: asked.at });
    else this.#known.delete(asked.url);
  }

  #noteFounding(url: string, { cluster }: Hello, now: number): void {
    if (cluster !== "founding") this.#bootstrap.delete(url);
    else if (this.#bootstrap.size < MOST_ASKERS) this.#bootstrap.set(url, now);
  }

  /** A host answers there itself: no etcd runs there. */
  isWithoutEtcd(url: string, now: number): boolean {
    return this.#knownFor(LASTS_MS, url, now) !== undefined;
  }

  #knownFor(ageMs: number, url: string, now: number): Hello | undefined {
    const known = this.#known.get(url);
    return known !== undefined && now - known.at <= ageMs ? known.hello : undefined;
  }

  /**
   * Of these places those to ask now. Who founds must have asked all; who waits for that asks the one it
   * waits for and a few others: if all asked all, many hosts on a busy machine would come to nothing else.
   */
  whomToAsk(places: readonly string[], own: Hello, now: number): readonly string[] {
    const founders = places.flatMap((url) => {
      const hello = this.#knownFor(LASTS_MS, url, now);
      return hello !== undefined && this.#objection(own, hello)?.passes ? [{ url, hello }] : [];
    });
    const [first] = founders.sort((a, b) => a.hello.id < b.hello.id ? -1 : 1);
    if (first === undefined) return places;
    const others = places.filter((url) => url !== first.url);
    const from = others.length === 0 ? 0 : this.#turn % others.length;
    this.#turn = from + OTHERS_ASKED;
    const turned = [...others.slice(from), ...others.slice(0, from)];
    return [first.url, ...turned.slice(0, OTHERS_ASKED)];
  }

  /** Somebody asks: what is known of another at that address is old. */
  askedBy(hello: Hello, now: number): void {
    for (const url of hello.clientUrls) {
      this.#noteFounding(url, hello, now);
      if (this.#askers.size < MOST_ASKERS || this.#askers.has(url)) this.#askers.set(url, hello.id);
      if (this.#known.get(url)?.hello.id !== hello.id) this.#known.delete(url);
    }
  }

  /**
   * Why this host is not the one that founds; undefined: it is. `formerHosts`: who could have become
   * members of the cluster that it has left. They are asked as its members are, but may well be gone:
   * who has been silent for a while is not waited for.
   */
  whyNotFound(own: Hello, now: number, formerHosts: readonly string[] = []): Obstacle | undefined {
    const others = own.hosts.filter((url) => !own.clientUrls.includes(url));
    const named = this.#first(others, now, (hello) => this.#objection(own, hello));
    const former = this.formerPlaces(own).filter((url) => !others.includes(url));
    const asked = [...others, ...former];
    const more = formerHosts.filter((url) => !asked.includes(url) && !this.#isGone(url, now));
    const objection = (hello: Hello) => this.#formerObjection(own, hello);
    return named ?? this.#first(former, now, objection) ?? this.#first(more, now, objection);
  }

  #isGone(url: string, now: number): boolean {
    const { at = now, count = 0 } = this.#unanswered.get(url) ?? {};
    return now - at >= GONE_MS && count >= FAILURES_MIN;
  }

  /**
   * Where the cluster was that this host has left, and those that others have left who answer: while
   * one of these places is silent, it may still be there.
   */
  formerPlaces(own: Hello): readonly string[] {
    const others = [...this.#known.values()].filter(({ hello }) => hello.cluster === "none");
    const places = [own, ...others.map(({ hello }) => hello)].flatMap((each) => each.endpoints);
    return [...new Set(places)].filter((url) => !own.clientUrls.includes(url))
      .slice(0, MOST_FORMER);
  }

  /** Why there is no cluster at these places. */
  whyNoCluster(places: readonly string[], now: number): Obstacle | undefined {
    return this.#first(
      places,
      now,
      ({ cluster }, url) => passing({ code: cluster === "none" ? "none-yet" : "in-cluster", url }),
    );
  }

  /** The same as `#objection` of a host that this one does not name, but knows from the cluster it has left. */
  #formerObjection(own: Hello, other: Hello): Obstacle | undefined {
    const [url = ""] = other.clientUrls;
    if (other.id === own.id) return undefined;
    if (other.cluster !== "none") return passing({ code: "in-cluster", url });
    // Who has seeds waits for their word.
    if (other.founds === false) return undefined;
    if (other.hosts.some((url) => !other.clientUrls.includes(url))) return undefined;
    const knowsUs = other.endpoints.some((url) => own.clientUrls.includes(url)) ||
      other.clientUrls.some((url) => this.#askers.has(url));
    return knowsUs && own.id < other.id ? undefined : passing({ code: "founder", url });
  }

  #objection(own: Hello, other: Hello): Obstacle | undefined {
    if (other.id === own.id) return undefined; // ourselves, under another address
    const [url = ""] = other.clientUrls;
    if (other.cluster !== "none") return passing({ code: "in-cluster", url });
    if (this.#needsUsNot(own, other)) return passing({ code: "none-yet", url });
    if (other.hosts.join() !== own.hosts.join()) {
      return { why: otherHosts(own, other), wrong: false };
    }
    if (other.founds === false) return undefined;
    return other.id < own.id ? passing({ code: "founder", url }) : undefined;
  }

  /** It founds a cluster without this host, which then joins. Who asks here knows it by another name. */
  #needsUsNot(own: Hello, other: Hello): boolean {
    const names = other.hosts.some((url) => own.clientUrls.includes(url));
    return other.founds !== false && !names &&
      !other.clientUrls.some((url) => this.#askers.has(url));
  }

  /** Of all that is in the way what is wrong, or who is silent for long, or else the first. */
  #first(
    places: readonly string[],
    now: number,
    problemOf: (hello: Hello, url: string) => Obstacle | undefined,
  ): Obstacle | undefined {
    const obstacles: Obstacle[] = [];
    for (const url of places) {
      const hello = this.#knownFor(FRESH_MS, url, now);
      const obstacle = hello === undefined ? this.#silence(url, now) : problemOf(hello, url);
      if (obstacle !== undefined) obstacles.push(obstacle);
    }
    const isLong = ({ passes, silentSince = now }: Obstacle) =>
      passes !== true && now - silentSince >= SILENCE_MS;
    return obstacles.find(({ wrong }) => wrong) ?? obstacles.find(isLong) ??
      obstacles.find(({ passes }) => passes) ?? obstacles[0];
  }

  #silence(url: string, now: number): Obstacle {
    const failure = this.#silent.get(url);
    const { at, count = 0 } = this.#unanswered.get(url) ?? {};
    // Who is asked in turn is asked seldom: one answer that is late on a busy machine means nothing.
    const silentSince = at === undefined || count >= FAILURES_MIN ? at : now;
    const why = this.#whySilent(url, failure);
    const isHandedOver = now - (this.#bootstrap.get(url) ?? -Infinity) <= HANDOVER_MS;
    if (isHandedOver) return passing(why);
    const wrong = WRONG.has(failure?.code ?? "");
    return { why, wrong, ...(silentSince === undefined ? {} : { silentSince }) };
  }

  #whySilent(url: string, failure: Failure | undefined): ObstacleReason {
    if (failure !== undefined) return { code: "failed", url, failure };
    return this.#known.has(url) ? { code: "silent", url } : NO_ANSWER;
  }
}

function passing(why: ObstacleReason): Obstacle {
  return { why, wrong: false, passes: true };
}

/** A seed that is not written as its host advertises itself looks like one host more. */
function otherHosts(own: Hello, other: Hello): ObstacleReason {
  const [url = ""] = other.clientUrls;
  const there = other.hosts.find((url) => !own.hosts.includes(url));
  const here = own.hosts.find((url) => !other.hosts.includes(url));
  return { code: "other-hosts", url, there, here };
}
