/**
 * What a kind of resource is. A new kind is one folder in `src/resources/` and one line in its
 * registry; validation, help, reference tables and the conformance tests follow from it.
 *
 * @module
 */

import type { Awaitable, Failure } from "../base/result.ts";
import type { Host } from "../host/host.ts";
import type { SeenChange, Watch } from "../os/watch/watcher.ts";
import type { AttributeExpectation, Claim, Expected, WordClaim } from "./claim.ts";
import type { CollectRule, Export, HostExport, Received } from "./export.ts";
import type { FieldSchema } from "./schema.ts";
import type { Remains } from "./remains.ts";
import type { Relations } from "./relations.ts";
import type { KindUndo } from "./undo.ts";
import type { WorkContext } from "./work_context.ts";

/** What is against what should be. */
export interface Drift<Plan = unknown> {
  readonly type: "drift";
  /** One line: what is, and what should be; for instance `content differs (12 → 31 bytes)`. */
  readonly reason: string;
  /** Lines of difference for a reader, limited; never made of what is sensitive. */
  readonly difference?: () => Awaitable<readonly string[]>;
  /** What `apply` needs, so that nothing is looked at twice. */
  readonly plan: Plan;
  /** True where applying it changes nothing in the world (a timer's tick). */
  readonly worldless?: boolean;
  /** What only doing it will show; plans say so. */
  readonly unknown?: UnknownOutcome;
}

/** What cannot be known of a change before it is made. */
export interface UnknownOutcome {
  /** Why: "its ifcmd was not run". */
  readonly why: string;
  /** Whether it is certain that it would be made, and only not how that ends. */
  readonly isDue: boolean;
}

/** Makes a {@linkcode Drift}. */
export function drift<Plan>(
  reason: string,
  plan: Plan,
  more: Pick<Drift, "difference" | "worldless" | "unknown"> = {},
): Drift<Plan> {
  return { type: "drift", reason, plan, ...more };
}

/** Why a vertex is looked at now. A kind that heals need not ask. */
export interface PassReason {
  /** Its own watch fired since the last pass began. */
  readonly event: boolean;
  /** Its poll interval has passed. */
  readonly poll: boolean;
  /** A notify edge owes it a refresh. */
  readonly refresh: boolean;
}

/** How far something is that takes long; without a text nothing more is to be said of it. */
export interface WorkProgress {
  /** What is being done: "downloading, 40 %". */
  readonly text?: string;
  /** Of all that is to be done. */
  readonly percent?: number;
}

/** What a kind may use while it works on one resource. */
export interface KindContext<Memory = unknown> extends WorkContext {
  /** What the header of a file says of where it comes from; absent: no header is asked for. */
  readonly headerText?: string | undefined;
  readonly cause: PassReason;
  /** Lives as long as the vertex: until its parameters change or it leaves the graph. */
  readonly memory: Memory;
  /** Nothing may be changed, also nothing that would only help to look. */
  readonly noop: boolean;
  /** Whether commands of the graph that only look may be run: not so where a plan is made. */
  readonly probes: boolean;
  /** Whether what it wants may be done together with what others want. */
  readonly autogroup: boolean;
  /** Reports a line that a command of the resource printed; `detail`: for whoever wants to hear more. */
  line(text: string, stream: "stdout" | "stderr", how?: { readonly detail: boolean }): void;
  /** Tells how far it is, for whoever looks on; as often as a person reads, a few times a second at most. */
  progress(how: WorkProgress): void;
  /**
   * Whether some resource of the graph makes this path (or `user:NAME`, `group:NAME`); with a slash at
   * the end: something below it.
   */
  claimed(path: string): boolean;
  /**
   * Whether some resource that is not behind this one makes this path (or `user:NAME`, `group:NAME`), so
   * that it may be there in time.
   */
  comes(path: string): boolean;
  /**
   * What all resources of the graph say of exactly this path, or in exactly these words, also those that
   * `meta.noop` keeps from making it.
   */
  claims(subject: string): readonly Claim[];
  /**
   * Whether something that is not known yet may come to this path: what was there before, anything, or
   * something only below it.
   */
  expected(path: string): Expected | undefined;
  /** Whether that is known to be an export that cannot be read or is not taken. */
  leftOut(path: string): boolean;
  /**
   * Tells that something is not done yet, because what it depends on is not known: the resource counts
   * as blocked, but holds nobody up, and is looked at again when more is known. `what` may change
   * without being said again, `why` not.
   */
  holdBack(why: string, what?: string): void;
}

/** What a watch may use. */
export interface WatchContext<Memory = unknown> {
  readonly host: Host;
  /** Ends with the vertex. */
  readonly signal: AbortSignal;
  readonly memory: Memory;
  /** "Look again", and what was seen, as far as that is known. */
  changed(seen?: SeenChange): void;
  line(text: string, stream: "stdout" | "stderr"): void;
  warn(text: string): void;
}

/** A mistake in the fields of one resource. */
export interface FieldIssue {
  /** The field, or the path into it. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly hint?: string;
}

/** Something that a resource decides. */
export interface Decision {
  /** The path of a file, for its content, or words such as `the members of group staff`. */
  readonly subject: string;
  /** True where others may decide other parts of it. */
  readonly part: boolean;
}

/** What a kind gets to turn fields into parameters. */
export interface ResolveContext {
  readonly name: string;
  /** The directory of the graph file, absolute, for relative sources. */
  readonly directory: string;
  /** Whether its file gets a header; text: how comments look there. Only of kinds that are `headed`. */
  readonly header?: true | string | undefined;
  /** Whether secrets stand in its fields: their tokens, or already their values. */
  readonly hasSecrets?: boolean;
  /** Records a mistake; the result of `resolve` is then thrown away. */
  issue(issue: FieldIssue): void;
  /** Records what is no mistake but was probably meant otherwise; absent where nobody is told. */
  doubt?(issue: FieldIssue): void;
}

/**
 * A kind of resource. `Fields` is what a graph file says (after the schema), `Params` what the
 * other functions get: plain, comparable data.
 */
export interface Kind<Fields, Params, Plan, Memory> {
  /** The word in graph files, for instance `file`. */
  readonly kind: string;
  readonly summary: string;
  /** Fields by name; the tables in docs/reference.md are made from it. */
  readonly fields: { readonly [Name in keyof Fields]: FieldSchema };
  /** Fields that other versions have and this kind has not, with what to write instead. */
  readonly otherFields?: Readonly<Record<string, string>>;
  /** In optional fields an empty text or 0 means "unset" (but see `emptyCounts`): the kinds of 2016. */
  readonly emptyIsUnset?: boolean;
  /** It writes files that can have a header. */
  readonly headed?: boolean;
  /** Whole graph files that show the kind; each is validated and run in a test. */
  readonly examples: readonly string[];
  /** Loads what `resolve` and `contradicts` need; awaited before a graph with the kind is read. */
  prepare?(): Promise<void>;
  /** From fields to parameters: defaults, and what depends on more than one field. */
  resolve(fields: Fields, context: ResolveContext): Params;
  /** Two resources with one identity in a graph are a mistake. */
  identity(params: Params): string;
  /** Set where the identity begins with a path and goes on with what is in that file: it is not kept. */
  readonly identityHasContent?: true;
  /** What stays when it leaves the graph; absent, or undefined: nothing. */
  remains?(params: Params): Remains | undefined;
  /** What the resource says of paths, for trees of others, and the names of users and groups it makes. */
  claims?(params: Params): readonly (Claim | WordClaim)[];
  /** Where what a rule takes may claim something; absent: anywhere, if the kind claims anything. */
  expects?(rule: CollectRule): readonly AttributeExpectation[];
  /** What the resource gives to others and needs from them, for edges that are found by themselves. */
  relations?(params: Params): Relations;
  /** What the resource decides: of one subject only parts go together. */
  controls?(params: Params): readonly Decision[];
  /** Why this resource and another, which decide parts of one subject, cannot both be true. */
  contradicts?(
    params: Params,
    other: { readonly kind: string; readonly params: unknown },
  ): string | undefined;
  /**
   * What was probably meant otherwise in this graph, where it has packages. `bringer`: the key of one
   * that may bring something at a path.
   */
  doubts?(
    params: Params,
    bringer: (path: string) => string | undefined,
  ): FieldIssue | undefined;
  /** What is taken of an offer of another host; absent: only what is allowed by name, whole. */
  receive?(offer: HostExport, rule: CollectRule): Received;
  /** Set where it is for the other hosts, and offered to them without being marked as an export. */
  readonly shared?: true;
  /** Why nobody can take what is exported. */
  offers?(offer: Export): FieldIssue | undefined;
  /** Whether what applying does cannot be taken back afterwards; plans say so. Absent: it can. */
  irrevocable?(params: Params): boolean;
  /** How what applying did is taken back; absent: it cannot be, or there is nothing to take back. */
  readonly undo?: KindUndo<Params, Plan, Memory>;
  /** A fresh memory for a new vertex. */
  memory(): Memory;
  /** Finds drift by looking at the world, or says why it cannot. */
  check(params: Params, context: KindContext<Memory>): Awaitable<Drift<Plan> | Failure | undefined>;
  /**
   * Why `apply` would not do what `check` has planned, from what is there before anything is changed;
   * asked before each apply, and with noop, where it is what there is to tell. What only a try would
   * show is not asked for. It changes nothing.
   */
  refuses?(
    plan: Plan,
    params: Params,
    context: KindContext<Memory>,
  ): Awaitable<Failure | undefined>;
  /** Removes the drift that `check` has found. */
  apply(
    plan: Plan,
    params: Params,
    context: KindContext<Memory>,
  ): Awaitable<Failure | undefined>;
  /** Calls `changed` when it may be time to look again; absent: nothing to watch. */
  watch?(params: Params, context: WatchContext<Memory>): Watch | undefined;
  /** Seconds between polls that the parameters ask for, 0 for none. */
  pollSeconds?(params: Params): number;
  /**
   * Milliseconds from a failure to the next try, for a kind with a rhythm of its own; absent: 1 s,
   * doubling to 5 min. What `meta.delay` says comes first.
   */
  retryMs?(params: Params): number;
  /** Done when a refresh is owed and there is no drift (with drift, `apply` is the refresh). */
  refresh?(params: Params, context: KindContext<Memory>): Awaitable<Failure | undefined>;
  /**
   * What a refresh would do now, for instance `reload`; why it would be refused; or undefined: there is
   * nothing that would need one. Asked before each refresh, and with noop.
   */
  refreshes?(params: Params, context: KindContext<Memory>): Awaitable<string | Failure | undefined>;
  /** Whether a change from outside is seen and undone. */
  readonly heals: boolean;
  /** Whether its examples change more than files below /tmp, so that tests try them on a disposable host. */
  readonly changesHost: boolean;
  /** Whether drift says beforehand all, some or nothing of what applying it will change. */
  readonly preview: "full" | "partial" | "none";
  /**
   * True for a point that only edges meet at: its refresh changes nothing in the world and is passed on
   * along its notify edges, and what it is owed stays owed when whoever owes it leaves the graph.
   */
  readonly junction?: boolean;
  /** Set for kinds that can be written in a graph but not run yet: the reason. */
  readonly unavailable?: string;
}

/** A kind whose own types are forgotten, as the registry, the language and the engine see it. */
// deno-lint-ignore no-explicit-any -- the type parameters are each kind's own business
export type AnyKind = Kind<any, any, any, any>;

/** Declares a kind; it only helps inference. */
export function defineKind<Fields, Params, Plan, Memory>(
  kind: Kind<Fields, Params, Plan, Memory>,
): Kind<Fields, Params, Plan, Memory> {
  return kind;
}

/** The kinds by name; a map of them is one. */
export interface Registry {
  /** The names of all. */
  keys(): Iterable<string>;
  has(name: string): boolean;
  /** Of a kind that was not loaded, where that must be, it is a bug to ask. */
  get(name: string): AnyKind | undefined;
  /** Loads what is there of these names; absent: all are there. */
  load?(names: Iterable<string>): Promise<void>;
}
