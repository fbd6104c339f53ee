/**
 * Where an agent has its sockets: its owner's below its prefix; that of who may only read, too, or, where
 * there is a group for them, in a directory that its members may enter.
 *
 * @module
 */

import { join } from "node:path";
import { ok, type Result } from "../../base/result.ts";
import { ownUid, readAccounts } from "../../os/accounts.ts";
import { openDirectory } from "../../os/network/listen/open_directory.ts";
import type { SocketPlace } from "../../os/network/listen/socket_file.ts";
import { ROOT_PREFIX, stateName } from "../../os/state/state_directory.ts";

/** Who is in it may read how root's agents are. */
const READERS_GROUP = "mgmt";
/** Where root's agents have their sockets for readers, if there is that group. */
export const RUN_DIRECTORY = "/run/mgmt";

/** What of the machine decides that; absent: this one's. */
export interface ReadSocketHost {
  readonly uid?: number;
  /** With the file of groups. */
  readonly accounts?: string;
  readonly run?: string;
}

/** The socket of the owner of an agent with that prefix. */
export function controlSocketPath(prefix: string): string {
  return join(prefix, "control.sock");
}

/** Where who may enter the prefix finds the socket for readers, or a link to it. */
export function ownReadSocket(prefix: string): string {
  return join(prefix, "read.sock");
}

/** The socket for readers of the agent with that prefix; what it needs is made. */
export function readSocketPlace(prefix: string, host: ReadSocketHost = {}): Result<SocketPlace> {
  const own = ownReadSocket(prefix);
  const { uid = ownUid(), run = RUN_DIRECTORY } = host;
  // Only root can give something to a group that it is not in.
  const gid = uid === 0 ? readAccounts(host.accounts).groupId(READERS_GROUP) : undefined;
  if (gid === undefined) return ok({ path: own });
  const directory = openDirectory(run);
  return directory.ok ? ok({ path: openSocketPath(prefix, run), gid, link: own }) : directory;
}

/** Where readers find the socket of root's agent with that prefix, if there is a group for them. */
export function openSocketPath(prefix: string, run = RUN_DIRECTORY): string {
  const name = prefix === ROOT_PREFIX ? "read" : `read-${stateName(prefix).slice(0, 12)}`;
  return join(run, `${name}.sock`);
}
