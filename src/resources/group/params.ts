/**
 * From the fields of a group resource to its parameters.
 *
 * @module
 */

import type { ResolveContext } from "../../kind/kind.ts";
import { checkName, nameMistake } from "../shared/accounts/names.ts";
import type { GroupFields } from "./fields.ts";

/** What a group resource asks for; plain data. */
export interface GroupParams {
  readonly name: string;
  readonly absent: boolean;
  readonly gid?: number;
  /** Sorted, each once. */
  readonly members?: readonly string[];
  readonly append: boolean;
  readonly system: boolean;
}

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveGroup(fields: GroupFields, { name, issue }: ResolveContext): GroupParams {
  const { gid, members, append = false, system = false } = fields;
  const absent = fields.state === "absent";
  checkName(name, absent, issue);
  if (append && members === undefined) {
    issue({ path: ["append"], message: "append is for members, which are not said" });
  }
  for (const [index, member] of (members ?? []).entries()) {
    const wrong = nameMistake(member);
    if (wrong !== undefined) issue({ path: ["members", index], message: `${member} ${wrong}` });
  }
  return {
    name,
    absent,
    ...(gid === undefined ? {} : { gid }),
    ...(members === undefined ? {} : { members: [...new Set(members)].sort() }),
    append,
    system,
  };
}
