/**
 * What the agent has done with the files that say whom its host believes and what it shows, as data.
 *
 * @module
 */

import type { MarkedAuthority, Rotation, TrustStand } from "../../trust/rotating.ts";

/** What is to be done. */
export type TrustTask =
  /** Look how this host stands, and bring it as far as its cluster is. */
  | {
    readonly type: "follow";
    readonly host: string;
    readonly rotation?: Rotation;
    /** The next one's key, encrypted for this host. */
    readonly given?: string;
  }
  /** Make the next authority, and keep its key here. */
  | { readonly type: "make" }
  /** Encrypt its key for a host that has asked. */
  | {
    readonly type: "give";
    readonly host: string;
    readonly text: string;
    readonly next: MarkedAuthority;
  };

/** What came of it. */
export interface TrustAnswer {
  readonly stand?: TrustStand;
  /** This host lacks the next one's key, and asks so for it. */
  readonly request?: string;
  readonly made?: Pick<Rotation, "old" | "next">;
  readonly given?: string;
}
