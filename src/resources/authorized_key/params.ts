/**
 * From the fields of an authorized_key resource to its parameters.
 *
 * @module
 */

import type { Claim, WordClaim } from "../../kind/claim.ts";
import type { KindContext, ResolveContext } from "../../kind/kind.ts";
import type { Relations } from "../../kind/relations.ts";
import { type OwnFileParams, resolvePlace } from "../shared/ssh/own_file.ts";
import { keysToKeep } from "../shared/ssh/purge.ts";
import { keyMistake, readKeyLine } from "../shared/ssh/public_key.ts";
import type { AuthorizedKeyFields } from "./fields.ts";
import { optionMistake, splitOptions, unknownOption } from "./options.ts";

/** What an authorized_key resource asks for; plain data. */
export interface AuthorizedKeyParams extends OwnFileParams {
  readonly type: string;
  readonly blob: string;
  /** As they stand in the line; their order counts for sshd. */
  readonly options: string;
  /** Absent: what stands there stays. */
  readonly comment?: string;
  readonly purge: boolean;
}

/** What only the other resources tell: whether a key is of one of them. */
export interface KeyToKeep {
  readonly keeps?: (blob: string) => boolean;
}

const BELOW = ".ssh/authorized_keys";
/** sshd takes them no more. */
const OLD_TYPE = "ssh-dss";

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveAuthorizedKey(
  fields: AuthorizedKeyFields,
  context: ResolveContext,
): AuthorizedKeyParams {
  const { state, purge, sensitive, user } = fields;
  const absent = state === "absent";
  if (absent && purge) {
    context.issue({ path: ["purge"], message: "purge is for a key that should be there" });
  }
  const { type, blob, options, comment } = keyOf(fields, context);
  return {
    ...resolvePlace(fields, { below: BELOW }, context),
    ...(user === undefined ? {} : { user }),
    absent,
    create: !absent,
    inPlace: false,
    ...(sensitive === undefined ? {} : { sensitive }),
    type,
    blob,
    options,
    ...(comment === undefined ? {} : { comment }),
    purge: purge ?? false,
  };
}

function keyOf(
  fields: AuthorizedKeyFields,
  { issue, doubt }: ResolveContext,
): Pick<AuthorizedKeyParams, "type" | "blob" | "options" | "comment"> {
  const text = fields.key.trim();
  const mistake = keyMistake(text);
  if (mistake !== undefined) {
    const hint = "write the one line of the file that ends with .pub";
    issue({ path: ["key"], message: `key ${mistake}`, hint });
  }
  const { before = "", type = "", blob = "", comment = "" } = readKeyLine(text) ?? {};
  if (before !== "" && fields.options !== undefined) {
    const message = "options are said here, and before the key, too";
    issue({ path: ["options"], message, hint: "write them here, and the key without" });
  }
  const options = fields.options ?? splitOptions(before);
  const field = fields.options === undefined ? "key" : "options";
  for (const [index, option] of options.entries()) {
    const path = field === "key" ? [field] : [field, index];
    const wrong = optionMistake(option);
    if (wrong !== undefined) {
      issue({ path, message: `what stands for option ${index + 1} ${wrong}` });
      continue;
    }
    const unknown = unknownOption(option);
    if (unknown === undefined) continue;
    const message = `sshd may not know the option ${unknown}, and then the key lets nobody in`;
    doubt?.({ path, message });
  }
  if (type === OLD_TYPE) doubt?.({ path: ["key"], message: "sshd takes no keys of DSA any more" });
  const said = fields.comment ?? (comment === "" ? undefined : comment);
  return {
    type,
    blob,
    options: options.join(","),
    ...(said === undefined ? {} : { comment: said }),
  };
}

/** Its part of the file, and the key, for those that purge. */
export function claimsOf(params: AuthorizedKeyParams): readonly (Claim | WordClaim)[] {
  const { path, absent, blob } = params;
  if (absent) return [{ path, says: "part", type: "file", entry: "indifferent" }];
  return [{ path, says: "part", type: "file", entry: "made" }, keyWord(path, blob)];
}

/** It comes after its user, what its file is in, and a file resource that writes all of it. */
export function relationsOf({ path, user, absent }: AuthorizedKeyParams): Relations {
  return {
    needs: [
      ...(user === undefined ? [] : [`user:${user}` as const]),
      `path:${path}`,
      `within:${path}`,
    ],
    removes: absent,
  };
}

function keyWord(path: string, blob: string): WordClaim {
  return `authorized-key:${path}:${blob}`;
}

/** With what is known of the other resources; what is not known yet is not removed. */
export function inGraph(
  params: AuthorizedKeyParams,
  context: KindContext,
  path: string,
): AuthorizedKeyParams & KeyToKeep {
  if (!params.purge) return params;
  const keeps = keysToKeep([path, params.path], keyWord, context);
  return keeps === undefined ? params : { ...params, keeps };
}
