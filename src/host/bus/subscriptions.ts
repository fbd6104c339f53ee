/**
 * Who hears which signals, over all connections that a bus has had.
 *
 * @module
 */

import type { BusAnswer, BusCall, SignalListener, SignalMatch } from "./bus.ts";
import type { ReceivedSignal } from "./connection.ts";

const BUS = "org.freedesktop.DBus";
const BUS_PATH = "/org/freedesktop/DBus";

type Call = (call: BusCall) => Promise<BusAnswer>;

/** A match rule that the bus was asked for, and who needs it. */
interface Rule {
  readonly text: string;
  readonly listeners: Set<SignalListener>;
}

/** A service that somebody listens to. */
interface Sender {
  /** Its unique name; undefined: it does not run, or that is not known yet. */
  owner: string | undefined;
  readonly ownerRule: string;
  readonly listeners: Set<SignalListener>;
}

/**
 * Listeners, and the match rules that follow from them. A signal counts only if it comes from the
 * owner of the service's name: anybody may send signals to anybody.
 */
export class Subscriptions {
  readonly #rules = new Map<string, Rule>();
  readonly #senders = new Map<string, Sender>();
  /** The calls of the connection that stands now. */
  #call: Call | undefined;

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
      { owner: undefined, ownerRule: ownerRule(service), listeners: new Set() };
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
  async connected(call: Call): Promise<void> {
    this.#call = call;
    await Promise.all([
      ...[...this.#senders].map(([service, sender]) => this.#findOwner(call, service, sender)),
      ...[...this.#rules.values()].map(({ text }) => call(matchCall("AddMatch", text))),
    ]);
    if (this.#call !== call) return;
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
    call: Call,
    listener: SignalListener,
    isNewRule: boolean,
    isNewSender: boolean,
  ): Promise<void> {
    const { service } = listener.match;
    const sender = this.#senders.get(service);
    await Promise.all([
      isNewRule ? call(matchCall("AddMatch", ruleText(listener.match))) : undefined,
      isNewSender && sender !== undefined ? this.#findOwner(call, service, sender) : undefined,
    ]);
    if (this.#call === call && sender?.listeners.has(listener) === true) listener.renewed();
  }

  async #findOwner(call: Call, service: string, sender: Sender): Promise<void> {
    await call(matchCall("AddMatch", sender.ownerRule));
    const answer = await call({
      service: BUS,
      path: BUS_PATH,
      interface: BUS,
      member: "GetNameOwner",
      signature: "s",
      body: [service],
    });
    sender.owner = answer.ok ? String(answer.value[0]) : undefined;
  }

  #ownerChanged([service, , owner]: readonly unknown[]): void {
    const sender = this.#senders.get(String(service));
    if (sender === undefined) return;
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
