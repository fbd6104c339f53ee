/**
 * The keys below `/_mgmt/`: one function for each, and the way back. Nothing else builds or reads a
 * key, so that the layout can be looked up here.
 *
 * @module
 */

/** Where all keys of the program are. */
export const ROOT_KEY = "/_mgmt/";

/** Keys from `from` on, up to but without `to`. */
export interface KeyRange {
  readonly from: string;
  readonly to: string;
}

/** All keys that begin with `prefix`. */
export function prefixRange(prefix: string): KeyRange {
  const last = prefix.length - 1;
  return {
    from: prefix,
    to: prefix.slice(0, last) + String.fromCharCode(prefix.charCodeAt(last) + 1),
  };
}

/** That key and no other. */
export function keyRange(key: string): KeyRange {
  return { from: key, to: `${key}\0` };
}

/** Below `/_mgmt/`: one key, or all that begin so where it ends with a slash. */
export function hostKeyRange(place: string): KeyRange {
  const key = `${ROOT_KEY}${place}`;
  return place.endsWith("/") ? prefixRange(key) : keyRange(key);
}

/** True where `key` lies in `range`. */
export function isInRange(range: KeyRange, key: string): boolean {
  return key >= range.from && key < range.to;
}

/** The wished number of members: a plain number, so that an operator can put it by hand. */
export function idealSizeKey(): string {
  return `${ROOT_KEY}idealClusterSize`;
}

/** The host that decides; its lease lasts 10 s, its create revision fences. */
export function leaderKey(): string {
  return `${ROOT_KEY}ctl/leader`;
}

/** The journal of the one membership change that is under way. */
export function operationKey(): string {
  return `${ROOT_KEY}ctl/op`;
}

/** Members are to start their etcds anew with other arguments, and whose turn it is. */
export function rollingKey(): string {
  return `${ROOT_KEY}ctl/rolling`;
}

/** The host would run etcd if asked (lease). */
export function volunteerKey(host: string): string {
  return `${ROOT_KEY}volunteers/${host}`;
}

/** The host is there, and its name is taken (lease). */
export function liveKey(host: string): string {
  return `${ROOT_KEY}live/${host}`;
}

/** What the host runs and how it is doing (lease). */
export function statusKey(host: string): string {
  return `${ROOT_KEY}status/${host}`;
}

/** An agent with this host's identity asks the one that has the name whether it lives (lease). */
export function claimKey(host: string): string {
  return `${ROOT_KEY}claims/${host}`;
}

/** Which identity the cluster has bound that name to, where it has rights. */
export function bindingKey(host: string): string {
  return `${ROOT_KEY}hosts/${host}`;
}

/** A host that may not free its name itself has left, where the cluster has rights. */
export function leftKey(host: string): string {
  return `${ROOT_KEY}left/${host}`;
}

/** A host that has a certificate asks for another one of the same key (lease). */
export function requestKey(host: string): string {
  return `${ROOT_KEY}csr/${host}`;
}

/** What the leader issued to it. */
export function certificateKey(host: string): string {
  return `${ROOT_KEY}cert/${host}`;
}

/** Who was cast out, and whose certificates count no more. */
export function revokedKey(): string {
  return `${ROOT_KEY}ctl/revoked`;
}

/** What a host keeps as long as it is there, with its lease. */
export function hostKeys(host: string): readonly string[] {
  return [liveKey(host), statusKey(host), volunteerKey(host)];
}

/** The host has been asked to run etcd, and as what. */
export function nominatedKey(host: string): string {
  return `${ROOT_KEY}nominated/${host}`;
}

/** The host failed when it was asked, and is left alone for a while. */
export function backoffKey(host: string): string {
  return `${ROOT_KEY}backoff/${host}`;
}

/** A place in a semaphore of the fleet that the host wants (lease); its create revision is its turn. */
export function wantedKey(host: string, id: string): string {
  return `${ROOT_KEY}wanted/${host}/${id}`;
}

/** All that a host wants, or all that anybody does. */
export function wantedRange(host?: string): KeyRange {
  return prefixRange(`${ROOT_KEY}wanted/${host === undefined ? "" : `${host}/`}`);
}

/** The leader has given the host that place. */
export function grantedKey(host: string, id: string): string {
  return `${ROOT_KEY}granted/${host}/${id}`;
}

/** All places that a host was given, or that anybody was. */
export function grantedRange(host?: string): KeyRange {
  return prefixRange(`${ROOT_KEY}granted/${host === undefined ? "" : `${host}/`}`);
}

/** What the cluster knows of a token: what it is for, and how often it counts. */
export function tokenKey(id: string): string {
  return `${ROOT_KEY}ctl/tokens/${id}`;
}

/** All tokens. */
export function tokenRange(): KeyRange {
  return prefixRange(`${ROOT_KEY}ctl/tokens/`);
}

/** What the cluster knows of an operator: as which user of etcd, and how long it counts. */
export function operatorKey(name: string): string {
  return `${operatorRange().from}${name}`;
}

/** All operators. */
export function operatorRange(): KeyRange {
  return prefixRange(`${ROOT_KEY}ctl/operators/`);
}

/** What a host asks for with a token (lease); `key` is the hash of its public key. */
export function joinKey(id: string, key: string): string {
  return `${joinRange(id).from}${key}`;
}

/** All that is asked for with a token. */
export function joinRange(id: string): KeyRange {
  return prefixRange(`${ROOT_KEY}join/${id}/`);
}

/** What the leader answered there. */
export function joinedKey(id: string, key: string): string {
  return `${joinedRange(id).from}${key}`;
}

/** All that was answered to who has a token. */
export function joinedRange(id: string): KeyRange {
  return prefixRange(`${ROOT_KEY}joined/${id}/`);
}

/** An operator's word: the member with that id does not come back. */
export function forgottenKey(memberId: string): string {
  return `${ROOT_KEY}forgotten/${memberId}`;
}

/** One exported resource of a host; kind and name may hold any character. */
export function exportedKey(host: string, kind: string, name: string): string {
  return `${exportsRange(host).from}${encodeURIComponent(kind)}/${encodeURIComponent(name)}`;
}

/** All that a host exports, or all that anybody does. */
export function exportsRange(host?: string): KeyRange {
  const all = `${ROOT_KEY}exported/`;
  return prefixRange(host === undefined ? all : `${all}${host}/resources/`);
}

/** What a host exports altogether, where that has to be proven. */
export function exportListKey(host: string): string {
  return `${followedRange(host).from}list`;
}

/** What tells of a host's exports, or of everybody's. */
export function followedRange(host?: string): KeyRange {
  const all = exportsRange();
  return host === undefined ? all : prefixRange(`${all.from}${host}/`);
}

/** Everything but what is exported: what the leader decides from. */
export function controlRanges(): readonly KeyRange[] {
  const all = prefixRange(ROOT_KEY);
  const exported = exportsRange();
  return [{ from: all.from, to: exported.from }, { from: exported.to, to: all.to }];
}

/** What a key means; undefined: none of ours, or of a later version. */
export type ParsedKey =
  | { readonly type: "idealSize" | "leader" | "operation" | "rolling" | "rotation" | "revoked" }
  | {
    readonly type:
      | "volunteer"
      | "live"
      | "claim"
      | "status"
      | "nominated"
      | "backoff"
      | "binding"
      | "left"
      | "request"
      | "certificate"
      | "keyAsked"
      | "exportList";
    readonly host: string;
  }
  | { readonly type: "wanted" | "granted"; readonly host: string; readonly id: string }
  | { readonly type: "forgotten"; readonly memberId: string }
  | { readonly type: "token"; readonly id: string }
  | { readonly type: "operator"; readonly name: string }
  /** `key`: the hash of a public key. */
  | { readonly type: "join" | "joined"; readonly id: string; readonly key: string }
  | {
    readonly type: "exported";
    readonly host: string;
    readonly kind: string;
    readonly name: string;
  };

const HOST_KEYS = {
  volunteers: "volunteer",
  live: "live",
  claims: "claim",
  status: "status",
  nominated: "nominated",
  backoff: "backoff",
  hosts: "binding",
  left: "left",
  csr: "request",
  cert: "certificate",
  keyasked: "keyAsked",
} as const;

const TOKEN_ID = /^[0-9a-f]{16}$/;
const OPERATOR_NAME = /^[a-z0-9][a-z0-9._-]{0,49}$/;
const KEY_HASH = /^[0-9a-f]{64}$/;

/** Reads a key back. */
export function parseKey(key: string): ParsedKey | undefined {
  if (key === idealSizeKey()) return { type: "idealSize" };
  if (key === leaderKey()) return { type: "leader" };
  if (key === operationKey()) return { type: "operation" };
  if (key === rollingKey()) return { type: "rolling" };
  if (key === revokedKey()) return { type: "revoked" };
  if (!key.startsWith(ROOT_KEY)) return undefined;
  const [folder = "", host = "", ...rest] = key.slice(ROOT_KEY.length).split("/");
  if (folder === "ctl") return parseControl(host, rest);
  if (folder === "join" || folder === "joined") return parseJoin(folder, [host, ...rest]);
  if (!isHostName(host)) return undefined;
  if (Object.hasOwn(HOST_KEYS, folder) && rest.length === 0) {
    return { type: HOST_KEYS[folder as keyof typeof HOST_KEYS], host };
  }
  if ((folder === "wanted" || folder === "granted") && /^[0-9a-f]+$/.test(rest.join("/"))) {
    return { type: folder, host, id: rest.join("/") };
  }
  const isExported = folder === "exported";
  if (isExported && rest.join("/") === "list") return { type: "exportList", host };
  if (folder === "forgotten" && rest.length === 0) return { type: "forgotten", memberId: host };
  const [resources, kind, name] = rest;
  if (!isExported || resources !== "resources" || rest.length !== 3) return undefined;
  const parts = { kind: decode(kind ?? ""), name: decode(name ?? "") };
  if (!parts.kind || !parts.name) return undefined;
  return { type: "exported", host, kind: parts.kind, name: parts.name };
}

function parseControl(
  folder: string,
  [id = "", ...more]: readonly string[],
): ParsedKey | undefined {
  if (folder === "rotation") return { type: "rotation" };
  if (more.length > 0) return undefined;
  if (folder === "tokens") return TOKEN_ID.test(id) ? { type: "token", id } : undefined;
  const isOperator = folder === "operators" && OPERATOR_NAME.test(id);
  return isOperator ? { type: "operator", name: id } : undefined;
}

function parseJoin(
  type: "join" | "joined",
  [id = "", key = "", ...more]: readonly string[],
): ParsedKey | undefined {
  const isOne = TOKEN_ID.test(id) && KEY_HASH.test(key) && more.length === 0;
  return isOne ? { type, id, key } : undefined;
}

/** What an operator may be called. */
export function isOperatorName(name: string): boolean {
  return OPERATOR_NAME.test(name);
}

/** A host's name is one component of a key, and of a path below a prefix. */
export function isHostName(host: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,252}$/.test(host);
}

/** Ends the names of members that go with the run which made their cluster. */
const TEMPORARY = ".temporary";

/**
 * The name of a member: its host, and eight digits that are new for every data directory. Whoever sees
 * the name of a temporary one knows by it what the whole cluster is.
 */
export function memberName(host: string, suffix: string, isTemporary = false): string {
  return `${host}-${suffix}${isTemporary ? TEMPORARY : ""}`;
}

/** Whether that member goes, with its cluster, when the run ends that founded it. */
export function isTemporaryMember(name: string): boolean {
  return hostOfMember(name) !== undefined && name.endsWith(TEMPORARY);
}

/** The host of a member's name; undefined: not named by us, or not started yet. */
export function hostOfMember(name: string): string | undefined {
  return /^(.+)-[0-9a-f]{8}(?:\.temporary)?$/.exec(name)?.[1];
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined; // not written by us
  }
}
