import type { Awaitable, Result } from "../base/result.ts";

/** The machine's user and group names (NSS, so that LDAP and sssd count too). */
export interface Users {
  /** The number of the user that the agent runs as. */
  readonly own: number;
  /** The number of a user; a name of digits only is that number. */
  uid(name: string): Awaitable<Result<number>>;
  /** The number of a group; a name of digits only is that number. */
  gid(name: string): Awaitable<Result<number>>;
  /** Whether the agent itself runs as root. */
  isRoot(): boolean;
}
