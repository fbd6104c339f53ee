/**
 * Who may read and write which keys, where a cluster has rights: one table, from which the roles of
 * etcd are made, and in which every range that an agent uses has to be found.
 *
 * Hosts with the server role are etcd's user `root`, who may do everything. Every other host has a user
 * of its own, named after its id, with two roles: `hosts`, which all of them have, and `host-ID`, which
 * names the rows by the name that the cluster has bound to that id (`hosts/NAME`). Operators, who are no
 * hosts, have a user each and one role.
 *
 * @module
 */

import {
  hostKeyRange,
  joinedRange,
  joinRange,
  type KeyRange,
  prefixRange,
  ROOT_KEY,
} from "./keys.ts";

/** What may be done with a range. */
export type Access = "read" | "write" | "both";

/** A range, and what may be done with it. */
export interface Grant extends KeyRange {
  readonly access: Access;
}

/** One row of the table: `H` stands for a host's name, and at the end `/` for all that is below. */
interface RightsRow {
  readonly keys: string;
  /** What a host may do with its own. */
  readonly own?: Access;
  /** What every host may do with all of them. */
  readonly all?: Access;
  /** What an operator may do with all of them; absent: the same. */
  readonly operator?: Access;
}

/**
 * The table. What is not in it is root's alone, like `ctl/tokens/`. Least right decides: a host writes
 * what speaks of itself, reads what it has to follow or `mgmt cluster status` shows, and of another's
 * nothing that is between that host and the leader, or the next of its own runs (`claims/`, `left/`,
 * `csr/`, `answers/`, `cert/`).
 */
const ROWS: readonly RightsRow[] = [
  { keys: "exported/H/", own: "both", all: "read" },
  { keys: "live/H", own: "both", all: "read" },
  { keys: "status/H", own: "both", all: "read" },
  { keys: "volunteers/H", own: "both", all: "read" },
  { keys: "wanted/H/", own: "both", all: "read" },
  { keys: "claims/H", own: "both" },
  { keys: "left/H", own: "both" },
  { keys: "csr/H", own: "both" },
  { keys: "answers/H/", own: "both" },
  { keys: "cert/H", own: "read" },
  { keys: "granted/", all: "read" },
  { keys: "nominated/", all: "read" },
  { keys: "backoff/", all: "read" },
  { keys: "forgotten/", all: "read" },
  { keys: "hosts/", all: "read" },
  { keys: "ctl/leader", all: "read" },
  { keys: "ctl/op", all: "read" },
  { keys: "ctl/rotation", all: "read" },
  { keys: "idealClusterSize", all: "read", operator: "both" },
];

/** From what follows who may do what: only hosts with the server role write there. */
export function whoRanges(): readonly KeyRange[] {
  return [prefixRange(`${ROOT_KEY}hosts/`), prefixRange(`${ROOT_KEY}ctl/`)];
}

/** Who may do everything. */
export const ROOT_USER = "root";

/** What all hosts have in common. */
export const HOSTS_ROLE = "hosts";

/** What all operators may do. */
export const OPERATORS_ROLE = "operators";

/** The role of one host. */
export function hostRole(id: string): string {
  return `host-${id}`;
}

/** What every host may do. */
export function commonGrants(): readonly Grant[] {
  return grantsOf(({ all }) => all);
}

/** What every operator may do: see what a host sees, and say what the cluster is to be. */
export function operatorGrants(): readonly Grant[] {
  return grantsOf(({ all, operator = all }) => operator);
}

function grantsOf(accessOf: (row: RightsRow) => Access | undefined): readonly Grant[] {
  return ROWS.flatMap((row) => {
    const access = accessOf(row);
    const [folder = ""] = row.keys.split("H");
    return access === undefined ? [] : [{ ...hostKeyRange(folder), access }];
  });
}

/** What the host of that name may do beside that. */
export function ownGrants(host: string): readonly Grant[] {
  return ROWS.flatMap(({ keys, own }) =>
    own === undefined ? [] : [{ ...hostKeyRange(keys.replace("H", host)), access: own }]
  );
}

/**
 * Where a host may write any number of keys, of that from which the leader decides: the rows of that host, or of
 * all of them.
 */
export function openRows(host?: string): readonly KeyRange[] {
  const whose = host === undefined ? "" : `${host}/`;
  return ROWS.filter(({ keys, own }) => own === "both" && keys.endsWith("/"))
    .filter(({ keys }) => keys !== "exported/H/")
    .map(({ keys }) => hostKeyRange(keys.replace("H/", whose)));
}

/** What who has a token may do: ask, and read what is answered. */
export function joinGrants(id: string): readonly Grant[] {
  return [{ ...joinRange(id), access: "write" }, { ...joinedRange(id), access: "read" }];
}

/**
 * What a host may read of that from which the leader decides: one range for each row, for etcd refuses
 * a range as a whole of which it refuses a part.
 */
export function controlRows(): readonly KeyRange[] {
  const exported = hostKeyRange("exported/");
  return commonGrants().filter(({ from }) => from !== exported.from)
    .map(({ from, to }) => ({ from, to }));
}

/** Users, roles and whether they count, as the store keeps them. */
export interface RightsState {
  /** False: whoever is there may do everything. */
  readonly enabled: boolean;
  /** Counts changes of users and roles; whether they count is none. */
  readonly revision: number;
  /** The roles of each user. */
  readonly users: ReadonlyMap<string, readonly string[]>;
  readonly roles: ReadonlyMap<string, readonly Grant[]>;
}

/** One change of them. */
export type RightsChange =
  | { readonly type: "enable" }
  | { readonly type: "add-user" | "delete-user"; readonly user: string }
  | { readonly type: "give-role" | "take-role"; readonly user: string; readonly role: string }
  | { readonly type: "add-role" | "delete-role"; readonly role: string }
  | { readonly type: "grant"; readonly role: string; readonly grant: Grant }
  | { readonly type: "revoke"; readonly role: string; readonly range: KeyRange };

/** Whether these together allow it: ranges that meet count as one, as etcd counts them. */
export function isGranted(
  grants: readonly Grant[],
  range: KeyRange,
  access: Exclude<Access, "both">,
): boolean {
  const able = grants.filter((grant) => grant.access === "both" || grant.access === access)
    .toSorted((one, other) => one.from < other.from ? -1 : 1);
  let reached = range.from;
  for (const { from, to } of able) {
    if (from > reached) return false;
    if (to > reached) reached = to;
    if (reached >= range.to) return true;
  }
  return false;
}
