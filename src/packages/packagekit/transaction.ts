/**
 * One transaction of PackageKit, from its creation to its end.
 *
 * @module
 */

import { onAbort } from "../../base/either.ts";
import { LIMITS } from "../../base/limits.ts";
import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import { notBegun } from "../../base/turns.ts";
import type { Bus, BusAnswer, BusSignal } from "../../systemd/bus/bus.ts";
import type { Clock } from "../../os/clock.ts";
import {
  EXIT,
  type PackageId,
  PACKAGEKIT,
  PACKAGEKIT_PATH,
  parsePackageId,
  PROPERTIES,
  STATUS,
  TRANSACTION,
} from "./protocol.ts";

/** What a transaction is for. */
export interface Request {
  readonly method: string;
  readonly signature: string;
  readonly body: readonly unknown[];
  readonly limitMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Aborting it ends the transaction where it only waits for others. */
  readonly ending?: AbortSignal | undefined;
  /** Something about it changed: `Status` and `Percentage` by name. */
  readonly changed?: (properties: Readonly<Record<string, unknown>>) => void;
  /** Something happens to a package. */
  readonly happens?: (info: number, found: PackageId) => void;
}

/** A package that a transaction named, and what it said of it. */
export interface Named extends PackageId {
  readonly info: number;
}

/** How a transaction ended. */
export interface TransactionOutcome {
  readonly packages: readonly Named[];
  /** What went wrong, with PackageKit's number of it. */
  readonly error?: { readonly code: number; readonly details: string };
  /** The package that was being installed or removed when it went wrong. */
  readonly at?: string;
}

/** Without background, PackageKit does not hold it back on slow or metered lines. */
const HINTS = ["locale=C.UTF-8", "background=false", "interactive=false"];
/** What PackageKit does before it changes anything. */
const GETTING_READY = new Set<number>([
  STATUS.wait,
  STATUS.setup,
  STATUS.query,
  STATUS.refresh,
  STATUS.download,
  STATUS.resolve,
  STATUS.loadingCache,
  STATUS.waitingForLock,
]);
/** What it does while it waits for others. */
const WAITING = new Set<number>([STATUS.wait, STATUS.waitingForLock]);
/** PackageKit may have to be started, and opens its database first. */
const START_MS = 90_000;

/** Runs one transaction. A failure: it could not be run to its end; an error in it is an outcome. */
export async function runTransaction(
  bus: Bus,
  clock: Clock,
  request: Request,
): Promise<Result<TransactionOutcome>> {
  const created = await bus.call({
    service: PACKAGEKIT,
    path: PACKAGEKIT_PATH,
    interface: PACKAGEKIT,
    member: "CreateTransaction",
    timeoutMs: START_MS,
  }, request.signal);
  if (!created.ok) return { ok: false, failure: notThere(created.failure) };
  return await new PackageKitTransaction(bus, clock, String(created.value[0]), request).run();
}

class PackageKitTransaction {
  readonly #bus: Bus;
  readonly #clock: Clock;
  readonly #path: string;
  readonly #request: Request;
  readonly #end = Promise.withResolvers<Failure | undefined>();
  readonly #packages: Named[] = [];
  #error: TransactionOutcome["error"];
  #at: string | undefined;
  #status: number = STATUS.wait;
  #mayCancel = true;

  constructor(bus: Bus, clock: Clock, path: string, request: Request) {
    this.#bus = bus;
    this.#clock = clock;
    this.#path = path;
    this.#request = request;
  }

  async run(): Promise<Result<TransactionOutcome>> {
    const { limitMs, signal, ending } = this.#request;
    const subscriptions = [TRANSACTION, PROPERTIES].map((name) => this.#listen(name));
    const timer = this.#clock.after(limitMs, () => {
      this.#cancel();
      this.#end.resolve(tooLong(limitMs));
    });
    const letGo = onAbort(signal, () => {
      this.#cancel();
      this.#end.resolve(failure("stopped", { code: "stopped" }));
    });
    const leave = () => this.#leaveIfWaiting();
    ending?.addEventListener("abort", leave, { once: true });
    const heard = Promise.all(subscriptions.map(({ stands }) => stands));
    await Promise.race([heard, this.#end.promise]);
    void this.#begin();
    const problem = await this.#end.promise;
    timer.cancel();
    letGo();
    ending?.removeEventListener("abort", leave);
    for (const { watch } of subscriptions) watch.close();
    if (problem !== undefined) return { ok: false, failure: problem };
    return ok({
      packages: this.#packages,
      ...(this.#error === undefined ? {} : { error: this.#error }),
      ...(this.#at === undefined ? {} : { at: this.#at }),
    });
  }

  #listen(name: string) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const watch = this.#bus.listen({
      match: { service: PACKAGEKIT, interface: name, path: this.#path },
      heard: (signal) => this.#heard(signal),
      renewed: resolve,
      lost: () => this.#end.resolve(interrupted()),
    });
    return { watch, stands: promise };
  }

  async #begin(): Promise<void> {
    const { method, signature, body, signal } = this.#request;
    if (signal?.aborted) return;
    const hinted = await this.#call("SetHints", "as", [HINTS]);
    const begun = hinted.ok ? await this.#call(method, signature, body) : hinted;
    if (!begun.ok) this.#end.resolve(refused(begun.failure));
  }

  #call(member: string, signature = "", body: readonly unknown[] = []): Promise<BusAnswer> {
    return this.#bus.call({
      service: PACKAGEKIT,
      path: this.#path,
      interface: TRANSACTION,
      member,
      signature,
      body,
      timeoutMs: START_MS,
    });
  }

  /**
   * Asks for its end, as long as it only gets ready: PackageKit would also do so in the middle of
   * dpkg's work, whatever it says of itself. What cannot be stopped any more runs on.
   */
  #cancel(): void {
    if (this.#mayCancel && GETTING_READY.has(this.#status)) void this.#call("Cancel");
  }

  #leaveIfWaiting(): void {
    if (!this.#request.ending?.aborted || !WAITING.has(this.#status)) return;
    this.#cancel();
    this.#end.resolve(notBegun());
  }

  #heard({ interface: name, member, body }: BusSignal): void {
    if (name === PROPERTIES) return this.#changed(body[1] as Record<string, unknown>);
    if (member === "Package") this.#package(body[0], body[1]);
    else if (member === "Packages") {
      for (const each of body[0] as unknown[][]) this.#package(each[0], each[1]);
    } else if (member === "ErrorCode") {
      this.#error ??= { code: Number(body[0]), details: String(body[1]) };
    } else if (member === "Finished") this.#finished(Number(body[0]));
    else if (member === "Destroy") this.#end.resolve(interrupted());
  }

  #changed(properties: Readonly<Record<string, unknown>>): void {
    if (properties.Status !== undefined) this.#status = Number(properties.Status);
    if (properties.AllowCancel === false) this.#mayCancel = false;
    this.#leaveIfWaiting();
    this.#request.changed?.(properties);
  }

  #package(info: unknown, id: unknown): void {
    if (this.#packages.length >= LIMITS.packages * 4) return;
    const named = { ...parsePackageId(String(id)), info: Number(info) };
    this.#packages.push(named);
    if (this.#error === undefined) this.#at = named.name;
    this.#request.happens?.(named.info, named);
  }

  #finished(exit: number): void {
    if (exit === EXIT.success || this.#error !== undefined) return this.#end.resolve(undefined);
    if (exit === EXIT.cancelled) {
      return this.#end.resolve(
        failure("somebody cancelled the transaction", { code: "cancelled" }),
      );
    }
    this.#error = { code: 0, details: "PackageKit does not say why" };
    this.#end.resolve(undefined);
  }
}

/** Errors of the bus that say that there is no PackageKit here. */
const ABSENT = /ServiceUnknown|NameHasNoOwner|Spawn\.|NoSuchUnit|UnitMasked|bus-unavailable/;

/** It is not there, masked, cannot start, or starts too often. */
function notThere(problem: Failure): Failure {
  if (problem.code === "stopped") return problem;
  return failure(`PackageKit cannot be reached: ${problem.message}`, {
    code: "unavailable",
    hint: "is packagekit installed, and its service not masked?",
  });
}

function refused(problem: Failure): Failure {
  if (/RefusedByPolicy|AccessDenied/.test(problem.code ?? "")) {
    return failure("PackageKit does not let this user change packages", {
      code: "not-allowed",
      hint: "run the agent as root",
    });
  }
  return ABSENT.test(problem.code ?? "") || /NoReply|UnknownObject|UnknownMethod/.test(
      problem.code ?? "",
    )
    ? interrupted()
    : problem;
}

function interrupted(): Failure {
  return failure("PackageKit went away in the middle of the transaction", {
    code: "interrupted",
    hint: "journalctl -u packagekit may say why",
  });
}

function tooLong(limitMs: number): Failure {
  const minutes = Math.round(limitMs / 60_000);
  return failure(`PackageKit has not finished within ${minutes} minutes`, {
    code: "timeout",
    hint: "pkmon shows what it does",
  });
}
