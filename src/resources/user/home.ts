/**
 * The home directory of a user: whether it has to be made, or moved from where it was.
 *
 * @module
 */

import type { UserEntry } from "../../base/account_files.ts";
import { chainOk } from "../../base/chain.ts";
import { fail, ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import type { Sight } from "../../os/files/files.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { AccountDatabases } from "../shared/accounts/databases.ts";
import { isSystemPath } from "../shared/files/system_paths.ts";
import type { UserParams } from "./params.ts";

/** What stands in the places of the home directory that is wanted, and of the one that there is. */
export interface Homes {
  readonly wanted: Sight;
  /** Undefined where both are one. */
  readonly former: Sight | undefined;
}

/** What has to be done about it. */
export interface HomeDrift {
  /** usermod moves it. */
  readonly moves: boolean;
  /** It is not there, and has to be made where nothing is moved. */
  readonly missing: boolean;
  /** Why what is in the former one stays there. */
  readonly warning?: string;
}

/** Looks at both places. */
export function lookAtHomes(
  { home }: UserParams,
  entry: UserEntry,
  { host: { files } }: KindContext,
): Awaitable<Result<Homes>> {
  return chainOk<Sight, Homes>(files.look(home ?? entry.home), (wanted) => {
    const differs = home !== undefined && home !== entry.home && entry.home.startsWith("/");
    if (!differs) return ok({ wanted, former: undefined });
    return chainOk<Sight, Homes>(files.look(entry.home), (former) => ok({ wanted, former }));
  });
}

/** Compares what there is with a home directory at its place, with all that was in the former one. */
export function homeDrift(
  { name, home }: UserParams,
  entry: UserEntry,
  { wanted, former }: Homes,
  accounts: AccountDatabases,
): Result<HomeDrift> {
  const path = home ?? entry.home;
  if (wanted.type === "file" || wanted.type === "other") {
    return fail(`${path} is not a directory, and so no home`, {
      code: "wrong-type",
      hint: "remove what stands there, or name another home",
    });
  }
  const missing = wanted.type === "absent";
  if (former?.type !== "directory") return ok({ moves: false, missing });
  const other = whoElseNeeds(entry, accounts);
  if (other !== undefined) {
    const warning = `what is in ${entry.home} was not moved to ${path}: ${other}`;
    return ok({ moves: false, missing, warning });
  }
  if (missing) return ok({ moves: true, missing });
  if (isSame(wanted, former)) return ok({ moves: false, missing });
  return fail(`the home directory of ${name} cannot be moved to ${path}: there is one already`, {
    code: "home-exists",
    hint: `remove the one that is not needed, ${path} or ${entry.home}; or set manage_home: ` +
      "false, then only the path is changed",
  });
}

function isSame(one: Sight, other: Sight): boolean {
  return one.type === "directory" && other.type === "directory" &&
    one.stat.inode === other.stat.inode && one.stat.device === other.stat.device;
}

/** Why a home directory cannot be taken away; undefined: it is this user's alone. */
export function whoElseNeeds(
  { name, home }: UserEntry,
  { users }: Pick<AccountDatabases, "users">,
): string | undefined {
  if (isSystemPath(home)) return "the system lives from it";
  const other = [...users.values()].find((each) => each.name !== name && isIn(each.home, home));
  return other === undefined ? undefined : `the home of ${other.name} is in it`;
}

function isIn(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
