/**
 * From the fields of a file resource to its parameters.
 *
 * @module
 */

import { LIMITS } from "../../base/limits.ts";
import type { Writable } from "../../base/writable.ts";
import type { ResolveContext } from "../../kind/kind.ts";
import { checkDangers } from "./dangers.ts";
import type { FileFields } from "./fields.ts";
import { type Mode, readMode } from "../shared/files/mode.ts";
import { plainAccount } from "../shared/accounts/number.ts";
import { checkPath, resolvePath } from "../shared/files/path.ts";
import { checkHeader } from "./header/check_header.ts";
import { bytesOf } from "../shared/files/size.ts";
import { readValidator, type Validator } from "../shared/files/validate.ts";

/** What a file resource asks for; plain data. */
export interface FileParams {
  readonly path: string;
  /** What should stand there; `presence` is a file of any content, or a link. */
  readonly type:
    | "presence"
    | "content"
    | "source"
    | "fragments"
    | "directory"
    | "link"
    | "absent";
  readonly content?: string | Uint8Array;
  /** The absolute path that content, fragments or tree come from. */
  readonly source?: string;
  /** How much is copied from there. */
  readonly maxBytes?: number;
  /** What is copied has the permissions of where it comes from. */
  readonly keepModes?: true;
  readonly target?: string;
  readonly owner?: string;
  readonly group?: string;
  readonly mode?: Mode;
  /** Nothing is made where nothing is; undefined: nothing was said of it. */
  readonly ifExists?: boolean;
  readonly recurse: boolean;
  readonly force: boolean;
  readonly purge: boolean;
  readonly validate?: Validator;
  readonly inPlace: boolean;
  /** The content gets a header; text: how comments look there. */
  readonly header?: true | string;
  /** Whether content may be shown; where nothing is said the mode tells. */
  readonly sensitive?: boolean;
}

/** Whether more than one entry is looked at. */
export function isTree({ type, source, recurse, purge }: FileParams): boolean {
  return type === "directory" && (source !== undefined || recurse || purge);
}

type Type = FileParams["type"];

/** Of a secret where nothing is said: what is there already may have been for everybody. */
const NOT_FOR_OTHERS: Mode = {
  type: "symbolic",
  clauses: [{ who: "o", operator: "=", what: "" }],
};

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveFile(fields: FileFields, context: ResolveContext): FileParams {
  const { path, slash } = pathOf(fields, context);
  const type = typeOf(fields, slash);
  checkFields(fields, type, slash, context);
  const mode = fields.mode === undefined ? undefined : readMode(fields.mode, context);
  const { content, source, target, owner, group } = fields;
  // One by one: spreading many small objects is what shows where ten thousand files are read.
  const params: Writable<FileParams> = {
    path,
    type,
    recurse: fields.recurse ?? false,
    force: fields.force ?? false,
    purge: fields.purge ?? false,
    inPlace: fields.in_place ?? false,
  };
  if (fields.if_exists !== undefined) params.ifExists = fields.if_exists;
  if (fields.sensitive !== undefined) params.sensitive = fields.sensitive;
  if (content !== undefined && type !== "directory") params.content = content;
  if (source !== undefined) {
    params.source = resolvePath(context.directory, source);
    params.maxBytes = bytesOf(fields.max_size ?? LIMITS.sourceBytes);
  } else if (fields.max_size !== undefined) {
    context.issue({ path: ["max_size"], message: "max_size is set, but not source" });
  }
  if (type === "fragments") {
    params.source = resolvePath(context.directory, fields.fragments ?? "");
  }
  if (fields.keep_modes) params.keepModes = true;
  if (target !== undefined) params.target = target;
  if (owner !== undefined) params.owner = plainAccount(owner);
  if (group !== undefined) params.group = plainAccount(group);
  if (mode !== undefined) params.mode = mode;
  else if (context.hasSecrets && type === "content") params.mode = NOT_FOR_OTHERS;
  if (context.header !== undefined && type !== "absent") {
    params.header = context.header;
    if (slash !== undefined) checkHeader(params, context);
  }
  const validate = readValidator(fields, context);
  if (validate !== undefined) params.validate = validate;
  if (slash !== undefined) checkDangers(params, (issue) => context.issue(issue));
  return params;
}

/** A path, and whether it says that it is a directory; undefined where there is no good path. */
interface FilePlace {
  readonly path: string;
  readonly slash: boolean | undefined;
}

const NO_PLACE: FilePlace = { path: "/", slash: undefined };

function pathOf(fields: FileFields, context: ResolveContext): FilePlace {
  const { path, dirname, basename } = fields;
  const both = dirname !== undefined || basename !== undefined;
  if (path !== undefined && both) {
    context.issue({ path: ["path"], message: "path says what dirname and basename say too" });
  }
  if (path === undefined && both && (dirname === undefined || basename === undefined)) {
    context.issue({
      path: [dirname === undefined ? "basename" : "dirname"],
      message: "dirname and basename need each other",
      hint: "or write path",
    });
    return NO_PLACE;
  }
  const [field, text] = path !== undefined
    ? ["path", path]
    : both
    ? ["dirname", `${dirname}/${basename}`]
    : ["path", context.name];
  if (path === undefined && !both && !text.startsWith("/")) {
    context.issue({
      path: ["path"],
      message: "path is missing",
      hint: "write path, or use an absolute path as the name",
    });
    return NO_PLACE;
  }
  const checked = checkPath(text);
  if (checked.ok) return checked;
  context.issue({
    path: [field],
    message: `${field} ${checked.message}`,
    ...(checked.hint === undefined ? {} : { hint: checked.hint }),
  });
  return NO_PLACE;
}

function typeOf(fields: FileFields, slash: FilePlace["slash"]): Type {
  if (fields.state === "absent") return "absent";
  if (slash) return "directory";
  if (fields.target !== undefined) return "link";
  if (fields.source !== undefined) return "source";
  if (fields.fragments !== undefined) return "fragments";
  return fields.content !== undefined ? "content" : "presence";
}

const ORIGINS = ["content", "source", "fragments", "target"] as const;
/** What a command can be asked about before it takes its place. */
const MADE_TYPES: ReadonlySet<Type> = new Set(["content", "source", "fragments"]);
const ONLY_OF_DIRECTORIES = ["recurse", "purge"] as const;
const NOT_OF_DIRECTORIES = ["content", "fragments", "target", "in_place", "validate"] as const;

/** Which fields go together. */
function checkFields(
  fields: FileFields,
  type: Type,
  slash: FilePlace["slash"],
  { issue }: ResolveContext,
): void {
  if (type === "absent") return checkAbsent(fields, issue);
  const origins = ORIGINS.filter((field) =>
    fields[field] !== undefined && !(slash && fields[field] === "")
  );
  if (origins.length > 1) {
    issue({ path: [origins[1] ?? ""], message: `${origins.join(" and ")} exclude each other` });
  }
  for (const field of ONLY_OF_DIRECTORIES) {
    if (!fields[field] || slash !== false) continue;
    issue({
      path: [field],
      message: `${field} is for directories`,
      hint: "end the path with / if it is one",
    });
  }
  for (const field of NOT_OF_DIRECTORIES) {
    // An empty content says nothing about a directory; it was written so in 2016.
    if (!fields[field] || !slash) continue;
    issue({
      path: [field],
      message: `${field} is not for directories`,
      hint: "a path that ends with / is a directory",
    });
  }
  if (type === "link" && fields.mode !== undefined) {
    issue({ path: ["mode"], message: "a symbolic link has no mode of its own" });
  }
  if (fields.validate !== undefined && slash === false && !MADE_TYPES.has(type)) {
    issue({ path: ["validate"], message: "validate needs content, source or fragments" });
  }
  if (fields.keep_modes && fields.source === undefined) {
    issue({ path: ["keep_modes"], message: "keep_modes is set, but not source" });
  } else if (fields.keep_modes && fields.mode !== undefined) {
    issue({ path: ["keep_modes"], message: "keep_modes and mode exclude each other" });
  }
}

/** What is absent comes from nowhere. Its content may be said, as the graphs of 2016 do. */
function checkAbsent(fields: FileFields, issue: ResolveContext["issue"]): void {
  for (const field of ["source", "fragments", "target", "if_exists", "keep_modes"] as const) {
    if (!fields[field]) continue;
    issue({
      path: [field],
      message: `${field} is not for what should be absent`,
      hint: `take ${field} away, or state: absent`,
    });
  }
}
