/**
 * A host that belongs to no cluster yet: it joins one that answers, or founds one where it may.
 *
 * @module
 */

import type { Result } from "../base/result.ts";
import type { Contact } from "./agent_contact.ts";
import type { Desk } from "./desk.ts";
import { Acquaintances, type Hello, hostSet } from "./hello.ts";
import { memberName } from "./keys.ts";

/** Between two questions to the same host. */
const ASK_MS = 500;
/** The same, where the cluster is known but away. */
const LOST_MS = 5000;
const DEADLINE_MS = 1000;
/** Between two tries to open the own address. */
const OPEN_MS = 1000;

/** Between two foundings. */
const FIRST_PAUSE_MS = 2000;
const LONGEST_PAUSE_MS = 60_000;

/** The way into a cluster. */
export class Founding {
  readonly #desk: Desk;
  readonly #acquaintances = new Acquaintances();
  #nextAt = -Infinity;
  /** A founding that failed is not tried again at once: its reason may last. */
  #notBefore = -Infinity;
  #pauseMs = FIRST_PAUSE_MS;
  /** Its etcd has not come to run yet. */
  #founds = false;
  /** Nobody else is at our address. */
  #held = false;
  /** When to try again to open it; whoever has it now may leave. */
  #openAt = Infinity;

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  /** What this host answers when it is asked. */
  hello(): Hello {
    const { settings, disk } = this.#desk;
    const cluster = disk.clusterId ?? (disk.member === undefined ? "none" : "founding");
    const hosts = hostSet(settings.seeds, settings.clientUrls);
    const { clientUrls } = settings;
    return { id: disk.id, cluster, clientUrls, hosts, endpoints: disk.endpoints };
  }

  /** Another host asks. */
  asked(by: Hello): void {
    if (by.id !== this.#desk.disk.id) this.#acquaintances.askedBy(by);
  }

  /** Whether the own address is ours. */
  address(held: boolean): void {
    this.#held = held;
    this.#openAt = held ? Infinity : this.#desk.now + OPEN_MS;
  }

  /** What another host said. */
  answered(id: number, answer: Result<Hello>): void {
    this.#acquaintances.answered(id, answer);
  }

  /** Where there is no contact: asks the others where the cluster is, or founds one. */
  look(contact: Contact): void {
    const desk = this.#desk;
    const { settings, disk } = desk;
    if (contact.lostSince !== undefined) this.#ask(disk.clusterId === undefined ? ASK_MS : LOST_MS);
    if (disk.clusterId !== undefined || disk.member !== undefined) return;
    if (this.#founds) this.#hasFailed();
    this.#openAgain();
    if (!settings.server || contact.lostSince === undefined) {
      if (settings.seeds.length > 0) this.#tellWaiting("no answer yet");
      return;
    }
    const { may, why } = this.#acquaintances.mayFound(this.hello(), desk.now);
    if (!this.#held) this.#tellWaiting(`${settings.clientUrls[0]} is taken by something else`);
    else if (may && desk.isDue(this.#notBefore)) this.#found(contact);
    else if (!may) this.#tellWaiting(why);
  }

  #ask(everyMs: number): void {
    const desk = this.#desk;
    const { settings, disk } = desk;
    if (settings.seeds.length + disk.endpoints.length === 0 || !desk.isDue(this.#nextAt)) return;
    this.#nextAt = desk.now + everyMs;
    desk.wakeAt(this.#nextAt);
    const hello = this.hello();
    for (const url of new Set([...hello.hosts, ...disk.endpoints])) {
      if (settings.clientUrls.includes(url)) continue;
      this.#acquaintances.ask(desk.ask(url, hello, DEADLINE_MS), url, desk.now);
    }
  }

  #openAgain(): void {
    if (!this.#desk.isDue(this.#openAt)) return;
    this.#openAt = Infinity;
    this.#desk.redo("answer-hello");
  }

  #tellWaiting(why: string): void {
    this.#desk.tell("waiting", { type: "waiting", text: `waiting for the seeds: ${why}` });
  }

  /** Somebody else may have a cluster by now: there is time to find it. */
  #hasFailed(): void {
    this.#founds = false;
    this.#notBefore = this.#desk.now + this.#pauseMs;
    this.#pauseMs = Math.min(2 * this.#pauseMs, LONGEST_PAUSE_MS);
  }

  #found(contact: Contact): void {
    const desk = this.#desk;
    this.#founds = true;
    this.#held = false; // etcd gets it
    contact.forget();
    const { host, peerUrls } = desk.settings;
    const name = memberName(host, desk.hex(4));
    const initialCluster = peerUrls.map((url) => ({ name, url }));
    desk.save({ ...desk.disk, member: { name, initialCluster, founds: true, ran: false } });
    desk.tell("waiting", { type: "waiting", text: "founds a new cluster" });
  }
}
