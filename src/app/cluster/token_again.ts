/**
 * A host without the server role whose rights are gone: it has left, or was forgotten. Only a new token
 * lets it in again, never the one that let it in before, which its unit may still name.
 *
 * @module
 */

import { hostAndPort, readAddress } from "../../base/address.ts";
import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import { type StateDirectory, stateDirectory } from "../../os/state/state_directory.ts";
import { privateFiles } from "../../os/state/private_files.ts";
import { certificatesIn } from "../../trust/pem.ts";
import { pemFile, readOwnSecret, TRUST_FILES } from "../../trust/trust_files.ts";
import type { News } from "../../cluster/agent/news.ts";
import type { OpenToken } from "../../trust/open_token.ts";
import type { ClusterSettings } from "./cluster_settings.ts";
import { hostOfData, IDENTITY, readIdentity } from "./disk.ts";
import { trustDirectory } from "./known_cluster.ts";

/** The name of the token that let this host in. */
const TOKEN = "token";
/** That the cluster gave this host no right to its name, and why, where it was cast out. */
const NO_RIGHT = "no-right";
/** By which name its cluster knew it, for when it is let in anew. */
const NAMED = "named";
/** Codes of what is said then. */
const DENIED: ReadonlySet<string | undefined> = new Set(["no-right", "cast-out"]);

const AGAIN =
  "a new token lets it in again: mgmt token create > FILE, on a host that runs etcd, then " +
  "start this host's agent with mgmt run --token-file FILE";

/** Why a host that has left does not come back as it is; undefined: it may try. */
export function whyOut(
  { credentials, member, outside }: Pick<ClusterSettings, "credentials" | "member" | "outside">,
): Failure | undefined {
  // Who has the server role has the secret of the cluster, and its rights with it.
  if (credentials === "none" || member !== "none" || outside !== undefined) return undefined;
  return failure("this host has left its cluster, and has no right there any more", {
    code: "no-right",
    hint: AGAIN,
  });
}

/**
 * Writes down that the cluster gives this host no right to its name, by news of that, and forgets it once
 * the host is in (`isIn`).
 */
export function noteRights(prefix: string | undefined, news: News, isIn: boolean): void {
  if (prefix === undefined) return;
  const why = news.what === "trouble" && DENIED.has(news.failure.code) ? news.failure : undefined;
  // What cannot be written is found out anew by the next run.
  if (why !== undefined) {
    stateOf(prefix).write(NO_RIGHT, why.code === "cast-out" ? why.message : "");
  } else if (isIn && hasNoRight(prefix)) stateOf(prefix).remove(NO_RIGHT);
}

/** Whether it did so last; a new token counts then. */
export function hasNoRight(prefix: string): boolean {
  return stateOf(prefix).read(NO_RIGHT) !== undefined;
}

/** Why this host has no part in its cluster, where a run before was cast out of it. */
export function castOutBefore(prefix: string | undefined): Failure | undefined {
  const message = prefix === undefined ? "" : stateOf(prefix).read(NO_RIGHT) ?? "";
  return message === "" ? undefined : failure(message, { code: "cast-out", hint: AGAIN });
}

/** Who joins anew is not in the cluster that gave it no right, and goes on under the name that it had there. */
export function forgetNoRight(prefix: string): Result<void> {
  if (!hasNoRight(prefix)) return ok(undefined);
  const state = stateOf(prefix);
  const identity = readIdentity(state.read(IDENTITY) ?? "");
  if (identity !== undefined) {
    const { id, endpoints } = identity;
    const name = hostOfData(identity);
    const named = name === undefined ? ok(undefined) : state.write(NAMED, name);
    if (!named.ok) return named;
    const saved = state.write(IDENTITY, JSON.stringify({ id, endpoints }));
    if (!saved.ok) return saved;
  }
  return state.remove(NO_RIGHT);
}

/** The name of a host that is on its way back into a cluster; undefined: it has none of its own. */
export function nameAgain(prefix: string | undefined): string | undefined {
  return prefix === undefined ? undefined : stateOf(prefix).read(NAMED);
}

/** It is let in: what it is called stands with who it is. */
export function forgetNameAgain(prefix: string): Result<void> {
  return nameAgain(prefix) === undefined ? ok(undefined) : stateOf(prefix).remove(NAMED);
}

/** Writes down with which token this host came in. */
export function keepTokenName(prefix: string, { id }: Pick<OpenToken, "id">): Result<void> {
  return stateOf(prefix).write(TOKEN, id);
}

/**
 * Whether a token is of this host's cluster, which has replaced its authority while the host was away: it is
 * where that cluster is, and believes none that the host does.
 */
export function isOfNextAuthority(
  prefix: string,
  { believed, addresses }: Pick<OpenToken, "believed" | "addresses">,
): boolean {
  const own = pemFile(privateFiles(trustDirectory(prefix)), TRUST_FILES.believed);
  if (!own.ok || own.value === undefined) return false;
  const known = certificatesIn(own.value.text);
  if (certificatesIn(believed).some((cert) => known.includes(cert))) return false;
  const { endpoints = [] } = readIdentity(stateOf(prefix).read(IDENTITY) ?? "") ?? {};
  const places = new Set(endpoints.map(placeOf));
  return addresses.some((address) => places.has(placeOf(address)));
}

/** Why a token for servers does nothing where an agent of that very cluster was started with it. */
export function whyIdle(
  prefix: string,
  { role, believed }: Pick<OpenToken, "role" | "believed">,
): Failure | undefined {
  const files = privateFiles(trustDirectory(prefix));
  const [own, secret] = [pemFile(files, TRUST_FILES.believed), readOwnSecret(files)];
  if (role !== "server" || !own.ok || !secret.ok || secret.value !== undefined) return undefined;
  const known = certificatesIn(own.value?.text ?? "");
  if (!certificatesIn(believed).some((cert) => known.includes(cert))) return undefined;
  return failure(
    "the token for servers does nothing here: this host is in its cluster as agent, and stays one",
    {
      code: "token-idle",
      hint: "to have it run etcd: mgmt leave, then start its agent with the token again",
    },
  );
}

function placeOf(url: string): string {
  const address = readAddress(url);
  return address === undefined ? url : hostAndPort(address);
}

/** Whether it came in with that token. */
export function isTokenOfBefore(prefix: string, { id }: Pick<OpenToken, "id">): boolean {
  return stateOf(prefix).read(TOKEN) === id;
}

function stateOf(prefix: string): StateDirectory {
  return stateDirectory(`${prefix}/cluster/state`);
}
