/**
 * What the cluster's part keeps below the prefix: who this host is, and what it collected last.
 *
 * @module
 */

import { type Address, addressText, readAddress } from "../../base/address.ts";
import { parseJson } from "../../base/json.ts";
import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import type { AgentDisk } from "../../cluster/agent/io.ts";
import type { ExchangeMemory, Remembered } from "../../cluster/exchange/exchange_memory.ts";
import type { Random } from "../../os/random.ts";
import { hostOfMember } from "../../cluster/store/keys.ts";
import { isKnownValues } from "../../cluster/exchange/shared_values.ts";
import { allUnseen } from "../../cluster/exchange/unseen.ts";
import { isStoredLedger } from "../../cluster/exchange/ledger.ts";
import { CONTACT, type LastContact, readContact } from "../../cluster/admin/last_contact.ts";
import { type StateDirectory, stateDirectory } from "../../os/state/state_directory.ts";

/** Who this host is in its cluster, and what it collected last. */
export const IDENTITY = "identity.json";
export const COLLECTED = "collected.json";
/** What a host waits for that is in no cluster yet, in words. */
export const WAITING = "waiting.txt";
/** Certificates and keys, and among them those that are believed: without these the others do not count. */
export const TRUST = "cluster/trust";
export const BELIEVED = "ca.pem";
/** Where this host reaches its own etcd, by what others are told, where that is elsewhere. */
export const NEAR = "near.json";
/** The addresses that it was last given (`same_addresses.ts`). */
export const ADDRESSES = "addresses.json";
/** Which files it shows to an etcd that others run (`outside_files.ts`). */
export const OUTSIDE = "outside.json";

/** The files below the prefix, or nowhere for a run that keeps nothing. */
export interface ClusterDisk extends ExchangeMemory {
  /** Read at the start; made where there is none. */
  readonly identity: AgentDisk;
  saveIdentity(disk: AgentDisk): Failure | undefined;
  /** What was temporary is over: what was known before it stays, if anything was. */
  endTemporary(disk: AgentDisk): AgentDisk;
  /** What was collected was heard in a cluster that is no more (`cluster/exchange/unseen.ts`). */
  forgetWhoSaid(): void;
  /** For commands that ask which cluster this host is in; it counts until there is one. */
  saveWaiting(text: string): void;
  saveContact(contact: LastContact): void;
  /** As it was at the start. */
  readonly contact?: LastContact | undefined;
  saveNear(near: ReadonlyMap<string, Address>): void;
  /** Undefined: it was given none. */
  saveAddresses(text: string | undefined): void;
  /** Undefined: its cluster is none that others run, or one that asks for nothing. */
  saveOutside(text: string | undefined): void;
}

/** Opens the cluster's part of a prefix. */
export function openClusterDisk(
  prefix: string | undefined,
  random: Random,
  trouble: (failure: Failure) => void,
): Result<ClusterDisk> {
  const fresh: AgentDisk = { id: random.hex(16), endpoints: [] };
  if (prefix === undefined) return ok(noDisk(fresh));
  const directory = stateDirectory(`${prefix}/cluster/state`);
  const texts = directory.readAll();
  if (!texts.ok) return texts;
  const text = texts.value.get(IDENTITY);
  const kept = text === undefined ? undefined : readIdentity(text);
  if (text !== undefined && kept === undefined) {
    return fail(`${directory.path}/${IDENTITY} does not say who this host is in the cluster`, {
      hint: "restore it, or move the directory away to join anew under this name",
    });
  }
  // Of a run that was killed: what it had founded went with it.
  const identity = kept === undefined ? fresh : ownIdentity(afterTemporary(kept), fresh);
  const contact = readContact(texts.value.get(CONTACT));
  const trust = stateDirectory(`${prefix}/${TRUST}`);
  const disk = new PrefixDisk({ directory, trust, trouble, identity, contact });
  if (kept?.temporary !== undefined) disk.forgetWhoSaid();
  return ok(disk);
}

/** For a run that keeps nothing. */
function noDisk(identity: AgentDisk): ClusterDisk {
  return {
    identity,
    saveIdentity: () => undefined,
    endTemporary: afterTemporary,
    forgetWhoSaid: () => {},
    saveWaiting: () => {},
    saveContact: () => {},
    saveNear: () => {},
    saveAddresses: () => {},
    saveOutside: () => {},
    load: () => undefined,
    save: () => {},
  };
}

/** What {@linkcode PrefixDisk} is opened with. */
interface PrefixDiskParts {
  readonly directory: StateDirectory;
  readonly trust: StateDirectory;
  readonly trouble: (failure: Failure) => void;
  readonly identity: AgentDisk;
  readonly contact: LastContact | undefined;
}

/** The files below a prefix. That one cannot be written is trouble that is told, but for the identity, which the caller needs. */
class PrefixDisk implements ClusterDisk {
  readonly identity: AgentDisk;
  readonly contact: LastContact | undefined;
  readonly #directory: StateDirectory;
  readonly #trust: StateDirectory;
  readonly #trouble: (failure: Failure) => void;
  /** Files that could not be written when that was tried last. */
  readonly #unwritten = new Set<string>();

  constructor({ directory, trust, trouble, identity, contact }: PrefixDiskParts) {
    this.#trust = trust;
    this.identity = identity;
    this.contact = contact;
    this.#directory = directory;
    this.#trouble = trouble;
  }

  saveIdentity(disk: AgentDisk): Failure | undefined {
    this.#directory.remove(WAITING);
    const saved = this.#directory.write(IDENTITY, JSON.stringify(disk));
    return saved.ok ? undefined : saved.failure;
  }

  endTemporary(disk: AgentDisk): AgentDisk {
    this.forgetWhoSaid();
    const left = afterTemporary(disk);
    if (left.endpoints.length > 0) {
      const problem = this.saveIdentity(left);
      if (problem !== undefined) this.#trouble(problem);
    } else {
      for (const name of [IDENTITY, CONTACT]) this.#directory.remove(name);
      if (disk.member !== undefined) this.#forgetTrust();
    }
    return left;
  }

  /** What was made for a cluster that goes with its founder; it counts as long as the first is there. */
  #forgetTrust(): void {
    const names = this.#trust.readAll();
    for (const name of [BELIEVED, ...names.ok ? names.value.keys() : []]) this.#trust.remove(name);
  }

  forgetWhoSaid(): void {
    const known = this.load();
    if (known !== undefined) this.save(allUnseen(known));
  }

  saveWaiting(text: string): void {
    this.#write(WAITING, text);
  }

  saveContact(contact: LastContact): void {
    this.#write(CONTACT, JSON.stringify(contact));
  }

  saveNear(near: ReadonlyMap<string, Address>): void {
    if (near.size === 0) this.#directory.remove(NEAR);
    else this.#write(NEAR, nearText(near));
  }

  saveAddresses(text: string | undefined): void {
    this.#keep(ADDRESSES, text);
  }

  saveOutside(text: string | undefined): void {
    this.#keep(OUTSIDE, text);
  }

  #keep(name: string, text: string | undefined): void {
    if (text === undefined) this.#directory.remove(name);
    else this.#write(name, text);
  }

  /** Not what was there at the start: who leaves and comes back in one run reads what it collected last. */
  load(): Remembered | undefined {
    return readRemembered(this.#directory.read(COLLECTED));
  }

  save(remembered: Remembered): void {
    this.#write(COLLECTED, JSON.stringify(remembered));
  }

  /** What goes on, as on a full disk, is told once. */
  #write(name: string, text: string): void {
    const written = this.#directory.write(name, text);
    if (!written.ok && !this.#unwritten.has(name)) this.#trouble(written.failure);
    if (written.ok) this.#unwritten.delete(name);
    else this.#unwritten.add(name);
  }
}

/** Nothing binds who has left to what it was called, and of copies of its state each is a host of its own. */
function ownIdentity(kept: AgentDisk, fresh: AgentDisk): AgentDisk {
  const belongs = kept.clusterId !== undefined || kept.member !== undefined;
  const { host: _, ...rest } = kept;
  return belongs ? kept : { ...rest, id: fresh.id };
}

/** Who this host is when a cluster that goes with a run is over. */
export function afterTemporary({ id, temporary, ...rest }: AgentDisk): AgentDisk {
  return temporary === undefined ? { id, ...rest } : { id, endpoints: temporary.endpoints };
}

/** The name by which a cluster knows the host of a prefix: as its member, or as who was let in; undefined: by none. */
export function hostOfData({ member, clusterId, host }: AgentDisk): string | undefined {
  if (member !== undefined) return hostOfMember(member.name);
  return clusterId === undefined ? undefined : host;
}

/** Why nobody may start with that name there: who is in a cluster cannot be renamed. */
export function renamed(prefix: string, hostname: string): Failure | undefined {
  const texts = stateDirectory(`${prefix}/cluster/state`).readAll();
  const identity = texts.ok ? readIdentity(texts.value.get(IDENTITY) ?? "") : undefined;
  const before = identity === undefined ? undefined : hostOfData(afterTemporary(identity));
  if (before === undefined || before === hostname) return undefined;
  const isMember = identity?.member !== undefined;
  const what = isMember ? "a member of its cluster" : "which its cluster knows by that name";
  const again = isMember
    ? `start it as ${hostname}, then mgmt volunteer on`
    : `then start it as ${hostname} with a new token`;
  return failure(`${prefix} is that of host ${before}, ${what}, not of ${hostname}`, {
    code: "renamed",
    hint:
      `go on with --hostname ${before}; for another name let it leave first, while it runs as ` +
      `${before} (mgmt leave --prefix ${prefix}), ${again}`,
  });
}

/** Reads the first of these files; undefined: it is none. */
export function readIdentity(text: string): AgentDisk | undefined {
  const value = parseJson(text) as AgentDisk | undefined;
  const valid = typeof value?.id === "string" && Array.isArray(value.endpoints) &&
    (value.formerHosts === undefined || Array.isArray(value.formerHosts));
  return valid ? value : undefined;
}

/** Reads the second. */
export function readRemembered(text: string | undefined): Remembered | undefined {
  const value = parseJson(text) as Remembered | undefined;
  const valid = typeof value?.atMs === "number" && Array.isArray(value.offers) &&
    Array.isArray(value.withdrawn) &&
    (value.ledger === undefined || isStoredLedger(value.ledger)) &&
    (value.values === undefined || isKnownValues(value.values));
  return valid ? value : undefined;
}

/** What the runs that keep their state there collected last, for one that only looks. */
export function readCollected(prefix: string): Remembered | undefined {
  return readRemembered(stateDirectory(`${prefix}/cluster/state`).read(COLLECTED));
}

/** Reads {@linkcode NEAR}; what is no list of pairs is none. */
export function readNear(text: string | undefined): ReadonlyMap<string, Address> {
  const value = parseJson(text);
  const isPair = (pair: unknown): pair is [string, string] =>
    Array.isArray(pair) && pair.length === 2 && pair.every((each) => typeof each === "string");
  const pairs = Array.isArray(value) ? value.filter(isPair) : [];
  return new Map(pairs.flatMap(([told, at]) => {
    const address = readAddress(at);
    return address === undefined ? [] : [[told, address]];
  }));
}

function nearText(near: ReadonlyMap<string, Address>): string {
  return JSON.stringify([...near].map(([told, at]) => [told, addressText(at)]));
}
