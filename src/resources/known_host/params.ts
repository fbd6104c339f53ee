/**
 * From the fields of a known_host resource to its parameters.
 *
 * @module
 */

import type { Claim, WordClaim } from "../../kind/claim.ts";
import type { KindContext, ResolveContext } from "../../kind/kind.ts";
import type { Relations } from "../../kind/relations.ts";
import { type OwnFileParams, resolvePlace } from "../shared/ssh/own_file.ts";
import { keysToKeep } from "../shared/ssh/purge.ts";
import { keyMistake, readKeyLine } from "../shared/ssh/public_key.ts";
import type { KnownHostFields } from "./fields.ts";

/** What a known_host resource asks for; plain data. */
export interface KnownHostParams extends OwnFileParams {
  /** As they stand in the file, sorted. */
  readonly names: readonly string[];
  /** Absent: every type and key. */
  readonly type?: string;
  readonly blob?: string;
  /** Absent: what stands there stays. */
  readonly comment?: string;
  /** `@revoked`, `@cert-authority`, or nothing. */
  readonly marker: string;
  readonly hashed: boolean;
  readonly purge: boolean;
}

/** What only the other resources tell: whether a key is of one of them, by a name and the key. */
export interface HostKeysToKeep {
  readonly keeps?: (key: string) => boolean;
}

const PLACE = { below: ".ssh/known_hosts", common: "/etc/ssh/ssh_known_hosts" };
const USUAL_PORT = 22;

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveKnownHost(
  fields: KnownHostFields,
  context: ResolveContext,
): KnownHostParams {
  const { state, user, marker, hashed, purge } = fields;
  const { issue } = context;
  const absent = state === "absent";
  if (absent && purge) issue({ path: ["purge"], message: "purge is for a key that is known" });
  const names = namesOf(fields, context);
  if (hashed && names.some((name) => /[*?!]/.test(name))) {
    const message = "a pattern cannot be hashed: ssh could not find it";
    issue({ path: ["hashed"], message, hint: "leave hashed out" });
  }
  return {
    ...resolvePlace(fields, PLACE, context),
    ...(user === undefined ? {} : { user }),
    absent,
    create: !absent,
    inPlace: false,
    ...keyOf(fields, context),
    names,
    marker: marker === undefined ? "" : `@${marker}`,
    hashed: hashed ?? false,
    purge: purge ?? false,
  };
}

function namesOf(
  { host, port }: KnownHostFields,
  { name, issue }: ResolveContext,
): readonly string[] {
  const hosts = [host ?? name].flat();
  if (host === undefined && /[\s,|#@]/.test(name)) {
    const message = `${JSON.stringify(name)} is no name of a host`;
    issue({ path: ["host"], message, hint: "write host" });
  }
  if (port !== undefined && hosts.some((each) => each.startsWith("["))) {
    issue({ path: ["port"], message: "the port stands in host already" });
  }
  const isUsual = port === undefined || port === USUAL_PORT;
  const written = hosts.map((each) => isUsual ? withoutUsualPort(each) : `[${each}]:${port}`);
  return [...new Set(written.map((each) => each.toLowerCase()))].sort();
}

/** ssh looks for a host at its usual port by the name alone. */
function withoutUsualPort(host: string): string {
  return /^\[(.*)\]:22$/.exec(host)?.[1] ?? host;
}

function keyOf(
  { key, state, marker, purge }: KnownHostFields,
  { issue }: ResolveContext,
): Pick<KnownHostParams, "type" | "blob" | "comment"> {
  if (key === undefined) {
    if (state !== "absent") issue({ path: ["key"], message: "key is missing" });
    return {};
  }
  if (purge && marker !== undefined) {
    issue({ path: ["purge"], message: "purge is for a host's own key, without a marker" });
  }
  const text = key.trim();
  const mistake = keyMistake(text);
  const { before = "", type = "", blob = "", comment = "" } = readKeyLine(text) ?? {};
  if (mistake !== undefined || before !== "") {
    const what = mistake ?? "begins with something else; write only the type and the key";
    const hint = "it is the one line of the host's file that ends with .pub";
    issue({ path: ["key"], message: `key ${what}`, hint });
  }
  return { type, blob, ...(comment === "" ? {} : { comment }) };
}

/** Of a host without a marker there is one key of each type. */
export function identityOf({ path, names, type, blob, marker }: KnownHostParams): string {
  const key = marker === "" ? type : blob;
  return [`${path}:`, marker, names.join(), key ?? "all keys"].filter(Boolean).join(" ");
}

/** Why two resources of one file cannot both be true. */
export function contradiction(one: KnownHostParams, other: KnownHostParams): string | undefined {
  if (one.path !== other.path || one.marker !== other.marker) return undefined;
  const [name] = one.names.filter((each) => other.names.includes(each));
  if (name === undefined) return undefined;
  if (one.absent !== other.absent) {
    const gone = one.absent ? one : other;
    const kept = one.absent ? other : one;
    const isSame = gone.blob === undefined || gone.blob === kept.blob;
    return isSame ? `the one has a key of ${name} that the other has not` : undefined;
  }
  const isOther = !one.absent && one.marker === "" && one.type === other.type &&
    one.blob !== other.blob;
  return isOther ? `both say the key of type ${one.type} of ${name}, each another` : undefined;
}

/** Its part of the file, and the keys, for those that purge. */
export function claimsOf(params: KnownHostParams): readonly (Claim | WordClaim)[] {
  const { path, absent, names, blob } = params;
  if (absent) return [{ path, says: "part", type: "file", entry: "indifferent" }];
  const keys = names.map((name) => keyWord(path, `${name} ${blob}`));
  return [{ path, says: "part", type: "file", entry: "made" }, ...keys];
}

/** It comes after its user, what its file is in, and a file resource that writes all of it. */
export function relationsOf({ path, user, absent }: KnownHostParams): Relations {
  return {
    needs: [
      ...(user === undefined ? [] : [`user:${user}` as const]),
      `path:${path}`,
      `within:${path}`,
      `package-of:${path}`,
    ],
    removes: absent,
  };
}

function keyWord(path: string, key: string): WordClaim {
  return `known-host:${path}:${key}`;
}

/** With what is known of the other resources; what is not known yet is not removed. */
export function inGraph(
  params: KnownHostParams,
  context: KindContext,
  path: string,
): KnownHostParams & HostKeysToKeep {
  if (!params.purge) return params;
  const keeps = keysToKeep([path, params.path], keyWord, context);
  return keeps === undefined ? params : { ...params, keeps };
}
