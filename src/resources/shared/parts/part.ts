/**
 * A part of a file: what resources have in common that decide some of a text and leave the rest as it is.
 *
 * @module
 */

import type { ResolveContext } from "../../../kind/kind.ts";
import type { Result } from "../../../base/result.ts";
import type { Attributes } from "../../../os/files/files.ts";
import { checkPath } from "../files/path.ts";
import { readValidator, type Validator } from "../files/validate.ts";

/** In which file, and how it is written; plain data. */
export interface PartParams {
  readonly path: string;
  /** Whether the part should not be there. */
  readonly absent: boolean;
  /** Whether the file is made where it is missing. */
  readonly create: boolean;
  readonly validate?: Validator;
  readonly inPlace: boolean;
  /** Whether what changes may be shown; where nothing is said the mode of the file tells. */
  readonly sensitive?: boolean;
  /** Owner and mode of a file that is made; absent: the agent's, and the default. */
  readonly fresh?: Attributes;
}

/** A change of a text, and why. */
export interface PartEdit {
  readonly content: Uint8Array<ArrayBuffer>;
  /** One line, without anything of a sensitive resource. */
  readonly reason: string;
}

/**
 * What a text without NUL bytes should be instead; undefined: it is right. Of a file that is missing the
 * text is empty. Pure: the same text has the same answer.
 */
export type EditPart<Params extends PartParams> = (
  text: Uint8Array,
  params: Params,
) => Result<PartEdit | undefined>;

/** What a graph says of every part of a file. */
export interface PartFields {
  readonly path: string;
  readonly state?: "exists" | "absent";
  readonly create?: boolean;
  readonly validate?: string;
  readonly validate_shell?: string;
  readonly in_place?: boolean;
  readonly sensitive?: boolean;
}

/** The common parameters; mistakes are recorded in the context. */
export function resolvePart(fields: PartFields, context: ResolveContext): PartParams {
  const validate = readValidator(fields, context);
  return {
    path: pathOf(fields.path, context),
    absent: fields.state === "absent",
    create: fields.create ?? false,
    ...(validate === undefined ? {} : { validate }),
    inPlace: fields.in_place ?? false,
    ...(fields.sensitive === undefined ? {} : { sensitive: fields.sensitive }),
  };
}

function pathOf(path: string, { issue }: ResolveContext): string {
  const checked = checkPath(path);
  if (!checked.ok) {
    const hint = checked.hint === undefined ? {} : { hint: checked.hint };
    issue({ path: ["path"], message: `path ${checked.message}`, ...hint });
    return "/";
  }
  if (checked.slash) {
    issue({ path: ["path"], message: "path must name a file, not a directory" });
  }
  return checked.path;
}
