/**
 * From the fields of a user resource to its parameters.
 *
 * @module
 */

import type { ResolveContext } from "../../kind/kind.ts";
import { ATTRIBUTES, type Claim, type WordClaim } from "../../kind/claim.ts";
import type { Needed, Relations } from "../../kind/relations.ts";
import { DATABASE_CLAIMS } from "../shared/accounts/databases.ts";
import { checkPath } from "../shared/files/path.ts";
import { AGE_FIELDS, daysOf, type WantedAges } from "./ages.ts";
import type { UserFields } from "./fields.ts";
import { checkName } from "../shared/accounts/names.ts";

/** What a user resource asks for; plain data. */
export interface UserParams {
  readonly name: string;
  readonly absent: boolean;
  readonly uid?: number;
  /** The primary group: its name, or its number as text. */
  readonly group?: string;
  /** Further groups, sorted, each once. */
  readonly groups?: readonly string[];
  readonly append: boolean;
  readonly home?: string;
  readonly shell?: string;
  readonly comment?: string;
  readonly system: boolean;
  readonly manageHome: boolean;
  readonly removeHome: boolean;
  readonly passwordHash?: string;
  readonly locked?: boolean;
  readonly ages: WantedAges;
}

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveUser(fields: UserFields, context: ResolveContext): UserParams {
  const { name } = context;
  checkTogether(fields, context);
  const { uid, gid, shell, comment, locked } = fields;
  const group = fields.group ?? (gid === undefined ? undefined : String(gid));
  const said = fields.home ?? fields.homedir;
  const home = said === undefined ? undefined : homeOf(said, fields, context);
  return {
    name,
    absent: fields.state === "absent",
    ...(uid === undefined ? {} : { uid }),
    ...(group === undefined ? {} : { group }),
    ...(fields.groups === undefined ? {} : { groups: [...new Set(fields.groups)].sort() }),
    append: fields.append ?? false,
    ...(home === undefined ? {} : { home }),
    ...(shell === undefined ? {} : { shell }),
    ...(comment === undefined ? {} : { comment }),
    system: fields.system ?? false,
    manageHome: fields.manage_home ?? false,
    removeHome: fields.remove_home ?? false,
    ...(fields.password_hash === undefined ? {} : { passwordHash: fields.password_hash }),
    ...(locked === undefined ? {} : { locked }),
    ages: agesOf(fields, context),
  };
}

function agesOf(fields: UserFields, { issue }: ResolveContext): WantedAges {
  const ages = Object.entries(AGE_FIELDS).flatMap(([field, age]) => {
    const said = fields[field as keyof typeof AGE_FIELDS];
    if (said === undefined) return [];
    const days = typeof said === "number" ? said : said === "never" ? -1 : daysOf(said);
    if (days !== undefined) return [[age, days]];
    issue({
      path: [field],
      message: `${field} is no day: ${JSON.stringify(said)}`,
      hint: "write 2027-01-31, or never",
    });
    return [];
  });
  return Object.fromEntries(ages);
}

function homeOf(home: string, fields: UserFields, { issue }: ResolveContext): string {
  const field = fields.home === undefined ? "homedir" : "home";
  if (fields.homedir !== undefined && fields.homedir !== home) {
    const message = "homedir is another word for home, and says another directory";
    issue({ path: ["homedir"], message, hint: "write one of them" });
  }
  const checked = checkPath(home);
  if (checked.ok) return checked.path;
  issue({
    path: [field],
    message: `${field} ${checked.message}`,
    ...(checked.hint === undefined ? {} : { hint: checked.hint }),
  });
  return "/";
}

function checkTogether(fields: UserFields, { name, issue }: ResolveContext): void {
  const absent = fields.state === "absent";
  checkName(name, absent, issue);
  if (fields.gid !== undefined && fields.group !== undefined) {
    issue({
      path: ["gid"],
      message: "gid and group say the same thing",
      hint: "write one of them",
    });
  }
  if (fields.append && fields.groups === undefined) {
    issue({ path: ["append"], message: "append is for groups, which are not said" });
  }
  if (fields.locked === false && /^[*!]$/.test(fields.password_hash ?? "")) {
    issue({
      path: ["locked"],
      message: "there is nothing to unlock: password_hash says that there is no password",
      hint: "leave one of them out",
    });
  }
  if (fields.remove_home && !absent) {
    issue({ path: ["remove_home"], message: "remove_home is for a user with state: absent" });
  }
}

/** Its name, a part of the databases, and its home with all that the user keeps there. */
export function claimsOf(params: UserParams): readonly (Claim | WordClaim)[] {
  const { name, absent, manageHome } = params;
  if (absent) return DATABASE_CLAIMS;
  const home: Claim = {
    path: params.home ?? `/home/${name}`,
    says: "presence",
    type: "directory",
    attributes: ATTRIBUTES,
    below: "all",
  };
  return [`user:${name}`, ...DATABASE_CLAIMS, ...(manageHome ? [home] : [])];
}

/** It comes after its groups, the directory that its home is in, and what its shell comes from. */
export function relationsOf(params: UserParams): Relations {
  const { name, uid, absent, group, groups, home, shell, manageHome } = params;
  const needs: Needed[] = [
    ...new Set([name, ...(group === undefined ? [] : [group]), ...groups ?? []]),
  ]
    .map((each) => `group:${each}` as const);
  if (manageHome && home !== undefined) needs.push(`within:${home}`);
  if (shell !== undefined) needs.push(`package-of:${shell}`);
  const numbers = uid === undefined ? [] : [`user:${uid}` as const];
  return { provides: [`user:${name}`, ...numbers], needs, removes: absent };
}
