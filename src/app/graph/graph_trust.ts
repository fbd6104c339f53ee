/**
 * Whom a graph is left to: whoever can write its file, or put another in its place, decides what the
 * agent does. Looking at the way and judging it are two steps, so that what was read once can be
 * judged again.
 *
 * @module
 */

import type { Diagnostic } from "../../base/diagnostic.ts";
import { shellWord } from "../../base/shell_word.ts";
import {
  type AccountNames,
  ownUid,
  readAccounts,
  sudoUid,
  withAccessList,
} from "../../os/accounts.ts";
import type { FileWay, WayStep } from "../../os/files/file_way.ts";

/** Something on the way to a graph that lets others than root change what the graph says. */
export interface Opening extends Pick<WayStep, "path" | "type" | "mode" | "uid" | "gid"> {
  readonly to: "owner" | "group" | "list" | "everybody";
  /** Who that is; absent: nobody can tell. */
  readonly uids?: readonly number[];
}

/** Who may write graphs. */
export interface TrustRule {
  /** The user that the agent runs as. */
  readonly agentUid: number;
  /** Users who may, without a word. */
  readonly trusted: ReadonlySet<number>;
  /** As a service: nobody else may. By hand: one other user may, and is named. */
  readonly strict: boolean;
}

/** What is wrong with a graph that others can write. */
export interface Distrust {
  readonly severity: "error" | "warning";
  readonly message: string;
  readonly hint: string;
}

/** What `chmod` takes the right of writing from. */
const CLASSES = { owner: "", group: "g", list: "g", everybody: "o" } as const;
/** Openings that a message names. */
const NAMED = 4;

/**
 * Finds what lets others than root in; of the accounts, only what is needed is read. `isListed`: the
 * way ends at a directory of which every graph file counts, so that who may add one is let in.
 */
export async function openingsOf(
  way: FileWay,
  { isListed = false } = {},
): Promise<readonly Opening[]> {
  const openings: Opening[] = [];
  const members = new Map<WayStep, readonly number[]>();
  let accounts: AccountNames | undefined;
  for (const step of way.steps) {
    const { path, type, mode, uid, gid } = step;
    // A device or a FIFO is neither graph nor directory, and nobody should be told to change its mode.
    if (type === "other") continue;
    const entry = { path, type, mode, uid, gid };
    if (uid !== 0) openings.push({ ...entry, to: "owner", uids: [uid] });
    // Others cannot replace what is not theirs there, and a link has no mode.
    const isSticky = type === "directory" && (mode & 0o1000) !== 0 &&
      !(isListed && path === way.realPath);
    const guarded = type === "symlink" || isSticky;
    if (guarded) continue;
    if ((mode & 0o002) !== 0) openings.push({ ...entry, to: "everybody" });
    if ((mode & 0o020) === 0) continue;
    accounts ??= readAccounts();
    const uids = accounts.members(gid)?.filter((each) => each !== 0 && each !== uid);
    if (uids === undefined) openings.push({ ...entry, to: "group" });
    else if (uids.length > 0) openings.push({ ...entry, to: "group", uids });
    else members.set(step, uids);
  }
  // Where there is an access list, the bits of the group are those of all who stand in it.
  const listed = await withAccessList([...members.keys()].map(({ path }) => path));
  for (const { path, type, mode, uid, gid } of members.keys()) {
    if (listed.has(path)) openings.push({ path, type, mode, uid, gid, to: "list" });
  }
  return openings;
}

/** The rule for an agent that runs as a service of this process's user. */
export function trustAsService(): TrustRule {
  const agentUid = ownUid();
  return { agentUid, trusted: new Set([0, agentUid]), strict: true };
}

/** The rule for a run by hand: the user who became root for it may write the graph, too. */
export function trustByHand(): TrustRule {
  const { agentUid, trusted } = trustAsService();
  return { agentUid, trusted: new Set([...trusted, sudoUid() ?? 0]), strict: false };
}

/**
 * Judges those of the way to a graph, or to `directory`, where state is kept; undefined: nobody is let
 * in who may not.
 */
export function judge(
  openings: readonly Opening[],
  rule: TrustRule,
  directory?: string,
  flag = "--prefix",
): Distrust | undefined {
  const bad = openings.filter(({ uids }) => uids?.every((uid) => rule.trusted.has(uid)) !== true);
  const refused = rule.strict ? bad : bad.filter(({ to }) => to !== "owner");
  if (bad.length === 0) return undefined;
  const accounts = readAccounts();
  const agent = userText(rule.agentUid, accounts);
  const told = refused.length > 0 ? refused : bad;
  const which = told.slice(0, NAMED).map((opening) => openingText(opening, accounts));
  const more = told.length > NAMED ? `; and ${told.length - NAMED} more` : "";
  return {
    severity: refused.length > 0 ? "error" : "warning",
    message: `${whatIsOpen(agent, directory)}: ${which.join("; ")}${more}`,
    hint: hint(told, agent, { refused: refused.length > 0, otherPlace: directory && flag }),
  };
}

/** What is to be said of the way to a graph. */
export function doubtsOf(
  openings: readonly Opening[],
  { file, trust, onlyWarn }: {
    /** The graph as the user named it. */
    readonly file: string;
    readonly trust?: TrustRule | undefined;
    /** What would be refused is only warned of. */
    readonly onlyWarn?: boolean | undefined;
  },
): readonly Diagnostic[] {
  const distrust = trust && judge(openings, trust);
  if (distrust === undefined) return [];
  return [{ file, ...distrust, severity: onlyWarn ? "warning" : distrust.severity }];
}

function whatIsOpen(agent: string, directory: string | undefined): string {
  return directory === undefined
    ? `others than ${agent} can change what this graph says, and so decide what ${agent} does`
    : `others than ${agent} can change what is kept in ${directory}`;
}

function hint(
  told: readonly Opening[],
  agent: string,
  { refused, otherPlace }: {
    readonly refused: boolean;
    /** The flag that names another place for what is no graph. */
    readonly otherPlace: string | undefined;
  },
): string {
  const mend = commands(told, agent).join(" && ");
  if (otherPlace !== undefined) return `${mend}; or name another place with ${otherPlace}`;
  const place = `keep the graph where only ${agent} can write` +
    (agent === "root" ? ", for instance in /etc/mgmt" : "");
  const risk = refused ? "; or take the risk with --allow-unsafe-graph" : "";
  // A home directory should not change hands for a file in it.
  const isHome = told.some(({ type, to }) => type === "directory" && to === "owner");
  return isHome ? `${place}; or ${mend}${risk}` : `${mend}; or ${place}${risk}`;
}

/** What mends it, a command for each entry. */
function commands(openings: readonly Opening[], agent: string): string[] {
  const paths = [...new Set(openings.map(({ path }) => path))];
  return paths.flatMap((path) => {
    const here = openings.filter((opening) => opening.path === path);
    const word = shellWord(path);
    const classes = here.map(({ to }) => CLASSES[to]).sort().join("");
    const link = here[0]?.type === "symlink" ? "-h " : "";
    return [
      ...(here.some(({ to }) => to === "owner") ? [`chown ${link}${agent} ${word}`] : []),
      ...(classes === "" ? [] : [`chmod ${classes}-w ${word}`]),
    ];
  });
}

function openingText(opening: Opening, accounts: AccountNames): string {
  const { path, type, mode, uid, gid, to, uids } = opening;
  const owner = userText(uid, accounts);
  const group = accounts.groupName(gid) ?? String(gid);
  const bits = type === "symlink" ? "" : `, mode ${mode.toString(8).padStart(4, "0")}`;
  const entry = `${path} (${owner}:${group}${bits})`;
  if (to === "owner") return `${entry} belongs to ${owner}`;
  if (to === "everybody") return `${entry} can be written by everybody`;
  if (to === "list") return `${entry} can be written by who stands in its access list`;
  const who = uids === undefined ? "" : ` (${namesOf(uids, accounts)})`;
  return `${entry} can be written by the group ${group}${who}`;
}

function namesOf(uids: readonly number[], accounts: AccountNames): string {
  const names = uids.slice(0, NAMED).map((uid) => userText(uid, accounts)).join(", ");
  return uids.length > NAMED ? `${names}, …` : names;
}

function userText(uid: number, accounts: AccountNames): string {
  return uid === 0 ? "root" : accounts.userName(uid) ?? String(uid);
}
