/**
 * Who hears which signals, over all connections that a bus has had.
 *
 * @module
 */

import type { BusAnswer, BusCall, SignalListener, SignalMatch } from "./bus.ts";
import type { ReceivedSignal } from "./connection.ts";

const BUS = "org.freedesktop.DBus";
const BUS_PATH = "/org/freedesktop/DBus";
const NO_OWNER = "org.freedesktop.DBus.Error.NameHasNoOwner";

type PendingCall = (call: BusCall) => Promise<BusAnswer>;

/** A match rule that the bus was asked for, and who needs it. */
interface Rule {
  readonly text: string;
  readonly listeners: Set<SignalListener>;
}

/** A service that somebody listens to. */
interface Sender {
  /** Its unique name; undefined: it does not run, or that is not known yet. */
  owner: string | undefined;
  /** How often the bus has said who that is: an answer that was asked for before may be outdated. */
  told: number;
  readonly ownerRule: string;
  readonly listeners: Set<SignalListener>;
}

/**
 * Listeners, and the match rules that follow from them. A signal counts only if it comes from the
 * owner of the service's name: anybody may send signals to anybody.
 */
export class SignalSubscriptions {
  readonly #rules = new Map<string, Rule>();
  readonly #senders = new Map<string, Sender>();
  readonly #incomplete: () => void;
  /** The calls of the connection that stands now. */
  #call: PendingCall | undefined;

  /** `incomplete` is told when the bus has refused something, or not answered: it must be asked again. */
  constructor(incomplete: () => void) {
    this.#incomplete = incomplete;
  }

  get empty(): boolean {
    return this.#rules.size === 0;
  }

  add(listener: SignalListener): void {
    const text = ruleText(listener.match);
    const rule = this.#rules.get(text) ?? { text, listeners: new Set() };
    const isNewRule = rule.listeners.size === 0;
    this.#rules.set(text, rule);
    rule.listeners.add(listener);
    const { service } = listener.match;
    const sender = this.#senders.get(service) ??
      { owner: undefined, told: 0, ownerRule: ownerRule(service), listeners: new Set() };
    const isNewSender = sender.listeners.size === 0;
    this.#senders.set(service, sender);
    sender.listeners.add(listener);
    if (this.#call !== undefined) void this.#ask(this.#call, listener, isNewRule, isNewSender);
  }

  remove(listener: SignalListener): void {
    const text = ruleText(listener.match);
    this.#rules.get(text)?.listeners.delete(listener);
    if (this.#rules.get(text)?.listeners.size === 0) {
      this.#rules.delete(text);
      void this.#call?.(matchCall("RemoveMatch", text));
    }
    const { service } = listener.match;
    const sender = this.#senders.get(service);
    sender?.listeners.delete(listener);
    if (sender?.listeners.size === 0) {
      this.#senders.delete(service);
      void this.#call?.(matchCall("RemoveMatch", sender.ownerRule));
    }
  }

  /** A connection stands: asks for all rules; then every listener looks again. */
  async connected(call: PendingCall): Promise<void> {
    this.#call = call;
    const done = await Promise.all([
      ...[...this.#senders].map(([service, sender]) => this.#findOwner(call, service, sender)),
      ...[...this.#rules.values()].map(({ text }) => this.#addMatch(call, text)),
    ]);
    if (this.#call !== call) return;
    if (done.includes(false)) this.#incomplete();
    for (const { listeners } of this.#senders.values()) {
      for (const listener of [...listeners]) listener.renewed();
    }
  }

  /** The connection is gone. */
  disconnected(): void {
    this.#call = undefined;
    for (const sender of this.#senders.values()) {
      sender.owner = undefined;
      for (const listener of [...sender.listeners]) listener.lost?.();
    }
  }

  /** Hands a signal to those who asked for it. */
  heard(signal: ReceivedSignal): void {
    if (signal.sender === BUS && signal.member === "NameOwnerChanged") {
      this.#ownerChanged(signal.body);
    }
    for (const [service, sender] of this.#senders) {
      const from = service === BUS ? BUS : sender.owner;
      if (from !== signal.sender) continue;
      for (const listener of [...sender.listeners]) {
        if (matches(listener.match, signal)) listener.heard(signal);
      }
    }
  }

  async #ask(
    call: PendingCall,
    listener: SignalListener,
    isNewRule: boolean,
    isNewSender: boolean,
  ): Promise<void> {
    const { service } = listener.match;
    const sender = this.#senders.get(service);
    const done = await Promise.all([
      isNewRule ? this.#addMatch(call, ruleText(listener.match)) : true,
      isNewSender && sender !== undefined ? this.#findOwner(call, service, sender) : true,
    ]);
    if (this.#call !== call) return;
    if (done.includes(false)) this.#incomplete();
    if (sender?.listeners.has(listener) === true) listener.renewed();
  }

  async #addMatch(call: PendingCall, rule: string): Promise<boolean> {
    return (await call(matchCall("AddMatch", rule))).ok;
  }

  /** Asks who has the service's name; false where that could not be found out. */
  async #findOwner(call: PendingCall, service: string, sender: Sender): Promise<boolean> {
    const isTold = await this.#addMatch(call, sender.ownerRule);
    const { told } = sender;
    const answer = await call({
      service: BUS,
      path: BUS_PATH,
      interface: BUS,
      member: "GetNameOwner",
      signature: "s",
      body: [service],
    });
    if (sender.told === told) sender.owner = answer.ok ? String(answer.value[0]) : undefined;
    return isTold && (answer.ok || answer.failure.code === NO_OWNER);
  }

  #ownerChanged([service, , owner]: readonly unknown[]): void {
    const sender = this.#senders.get(String(service));
    if (sender === undefined) return;
    sender.told++;
    sender.owner = owner === "" ? undefined : String(owner);
    for (const listener of [...sender.listeners]) {
      if (sender.owner === undefined) listener.lost?.();
      else listener.renewed();
    }
  }
}

function matches(match: SignalMatch, signal: ReceivedSignal): boolean {
  return match.interface === signal.interface &&
    (match.member === undefined || match.member === signal.member) &&
    (match.path === undefined || match.path === signal.path) &&
    (match.argument === undefined || match.argument === signal.body[0]);
}

function ruleText({ service, interface: name, member, path, argument }: SignalMatch): string {
  const parts = ["type='signal'", `sender='${service}'`, `interface='${name}'`];
  if (member !== undefined) parts.push(`member='${member}'`);
  if (path !== undefined) parts.push(`path='${path}'`);
  if (argument !== undefined) parts.push(`arg0='${argument}'`);
  return parts.join(",");
}

function ownerRule(service: string): string {
  const match = { service: BUS, interface: BUS, member: "NameOwnerChanged", argument: service };
  return ruleText(match);
}

function matchCall(member: "AddMatch" | "RemoveMatch", rule: string): BusCall {
  return {
    service: BUS,
    path: BUS_PATH,
    interface: BUS,
    member,
    signature: "s",
    body: [rule],
  };
}
