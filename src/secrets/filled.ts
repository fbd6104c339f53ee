/**
 * A resource with the values of its secrets in place, for one who looks and changes: of what its kind
 * says nothing leaves that holds one of them.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import { type Awaitable, type Failure, failure, reasonOf, type Result } from "../base/result.ts";
import type { Host } from "../host/host.ts";
import type { AnyKind, Drift, KindContext, WatchContext, WorkProgress } from "../kind/kind.ts";
import type { Resource } from "../kind/resource.ts";
import { Hider } from "./hiding.ts";
import { patternsOf } from "./patterns.ts";
import type { SecretStore } from "./store.ts";

/** What is shorter is found in much that has nothing to do with it, and would tell what it is. */
const SHOWN_BYTES = 6;

/** Resources with values in place, kept as long as somebody has them without. */
export class FilledResources {
  readonly #store: SecretStore;
  readonly #filled = new WeakMap<Resource, Result<Resource>>();
  /** By the names of the secrets: a long one has many forms, which many resources share. */
  readonly #hiders = new Map<string, KnownHider>();

  constructor(store: SecretStore) {
    this.#store = store;
  }

  /** The resource to look at in place of one with tokens, or why it cannot be. */
  of(resource: Resource): Result<Resource> {
    if (resource.secrets === undefined) return { ok: true, value: resource };
    // It is the same one while those of the others change.
    if (resource.secrets.beside) return this.#fill(resource, resource.secrets);
    let filled = this.#filled.get(resource);
    if (filled === undefined) {
      filled = this.#fill(resource, resource.secrets);
      this.#filled.set(resource, filled);
    }
    return filled;
  }

  #fill(resource: Resource, secrets: NonNullable<Resource["secrets"]>): Result<Resource> {
    const params = secrets.fill((reference) => this.#store.value(reference));
    // Another try helps only when one of them is another, and then the resource is another one.
    if (!params.ok) return { ok: false, failure: { ...params.failure, final: true } };
    const kind = discreet(resource.kind, params.value, this.#hiderOf(secrets.names));
    return { ok: true, value: { ...resource, kind, params: params.value } };
  }

  /** Lines of a difference of any resource, without the values of the secrets in use. */
  shown(lines: readonly string[]): readonly string[] {
    const hider = this.#hiderOf(this.#store.names(), SHOWN_BYTES);
    return lines.map((line) => hider.text(line));
  }

  /** What hides what is known of these now, as far as it has so many bytes. */
  #hiderOf(names: readonly string[], leastBytes = 1): Hider {
    const values = this.#store.valuesOf(names);
    const revision = this.#store.revisionOf(names);
    const key = `${leastBytes} ${names.join(" ")}`;
    const known = this.#hiders.get(key);
    if (known?.revision === revision && known.values === values.length) return known.hider;
    const hider = new Hider(patternsOf(values).filter(({ length }) => length >= leastBytes));
    if (this.#hiders.size >= LIMITS.secrets) this.#hiders.clear();
    this.#hiders.set(key, { revision, values: values.length, hider });
    return hider;
  }
}

/** Hides the values that these secrets had when it was made. */
interface KnownHider {
  readonly revision: number;
  readonly values: number;
  readonly hider: Hider;
}

/** The kind as seen by whoever gives it parameters with tokens: it works on `params`. */
function discreet(kind: AnyKind, params: unknown, hider: Hider): AnyKind {
  const guarded = <T>(
    does: ((context: KindContext) => Awaitable<T>) | undefined,
    hide: (value: T) => T,
  ) =>
    does &&
    ((context: KindContext) => guard(() => does(discreetContext(context, hider)), hide, hider));
  const check = guarded(
    (context) => kind.check(params, context),
    (found) => hideFound(found, hider),
  );
  const onFailure = <T>(value: T | Failure | undefined) => hideFailure(value, hider);
  const { refreshes, refresh, refuses, watch } = kind;
  const does = guarded(refresh && ((context) => refresh(params, context)), onFailure);
  const asks = guarded(refreshes && ((context) => refreshes(params, context)), onFailure);
  return {
    ...kind,
    ...(check && { check: (_params, context) => check(context) }),
    ...(refuses && {
      refuses: (plan, _params, context) =>
        guard(() => refuses(plan, params, discreetContext(context, hider)), onFailure, hider),
    }),
    apply: (plan, _params, context) =>
      guard(() => kind.apply(plan, params, discreetContext(context, hider)), onFailure, hider),
    ...(does && { refresh: (_params, context) => does(context) }),
    ...(asks && { refreshes: (_params, context) => asks(context) }),
    ...(watch && {
      watch: (_params, context) => watch(params, discreetContext(context, hider)),
    }),
  };
}

/** Also what is thrown says nothing of them. */
function guard<T>(does: () => Awaitable<T>, hide: (value: T) => T, hider: Hider): Awaitable<T> {
  const rethrow = (thrown: unknown): never => {
    throw new Error(hider.text(reasonOf(thrown)));
  };
  try {
    const value = does();
    return value instanceof Promise ? value.then(hide, rethrow) : hide(value);
  } catch (thrown) {
    return rethrow(thrown);
  }
}

/** A difference is made of the content, in more forms than could be found in it. */
function hideFound(
  found: Drift | Failure | undefined,
  hider: Hider,
): Drift | Failure | undefined {
  if (found?.type !== "drift") return hideFailure(found, hider);
  const { difference: _difference, reason, ...drift } = found;
  return { ...drift, reason: hider.text(reason) };
}

function hideFailure<T>(value: T | Failure | undefined, hider: Hider): T | Failure | undefined {
  if (!isFailure(value)) return value;
  const { message, hint, printed, ...more } = value;
  return failure(hider.text(message), {
    ...more,
    ...(hint === undefined ? {} : { hint: hider.text(hint) }),
    ...(printed === undefined ? {} : { printed: hider.text(printed) }),
  });
}

function isFailure(value: unknown): value is Failure {
  return typeof value === "object" && value !== null && "type" in value && value.type === "failure";
}

function discreetContext<Context extends KindContext | WatchContext>(
  context: Context,
  hider: Hider,
): Context {
  const said = {
    line: (text: string, ...more: [never, never]) => context.line(hider.text(text), ...more),
    warn: (text: string) => context.warn(hider.text(text)),
    ..."progress" in context && {
      progress: ({ text, ...how }: WorkProgress) =>
        context.progress({ ...how, ...(text === undefined ? {} : { text: hider.text(text) }) }),
    },
    ..."note" in context && { note: (text: string) => context.note(hider.text(text)) },
    ..."holdBack" in context && {
      holdBack: (why: string, what?: string) =>
        context.holdBack(hider.text(why), what === undefined ? what : hider.text(what)),
    },
  };
  return { ...context, ...said, host: discreetHost(context.host, hider) };
}

/** Of commands only what they print without values is heard. */
function discreetHost(host: Host, hider: Hider): Host {
  const { processes } = host;
  const filter = () => hider.filter();
  return {
    ...host,
    processes: {
      run: (command) => processes.run({ ...command, filter }),
      foresee: (command) => processes.foresee(command),
      ofUser: (uid) => processes.ofUser(uid),
    },
  };
}
