/**
 * From the fields of a sudoers resource to its parameters.
 *
 * @module
 */

import type { ResolveContext } from "../../kind/kind.ts";
import type { Needed, Relations } from "../../kind/relations.ts";
import { checkPath, joinPath } from "../shared/files/path.ts";
import type { SudoersFields } from "./fields.ts";

/** What a sudoers resource asks for; plain data. */
export interface SudoersParams {
  readonly path: string;
  readonly absent: boolean;
  /** The whole file. */
  readonly content: string;
  readonly sensitive?: boolean;
}

const DIRECTORY = "/etc/sudoers.d";
const RULE_FIELDS = ["users", "groups", "commands", "run_as", "nopasswd"] as const;

/** Turns fields into parameters; mistakes are recorded in the context. */
export function resolveSudoers(fields: SudoersFields, context: ResolveContext): SudoersParams {
  const { state, sensitive } = fields;
  const absent = state === "absent";
  return {
    path: pathOf(fields, context),
    absent,
    content: absent ? nothing(fields, context) : contentOf(fields, context),
    ...(sensitive === undefined ? {} : { sensitive }),
  };
}

function pathOf({ path }: SudoersFields, { name, issue }: ResolveContext): string {
  const field = path === undefined ? "name" : "path";
  const checked = checkPath(path ?? joinPath(DIRECTORY, name));
  if (!checked.ok) {
    const hint = checked.hint === undefined ? {} : { hint: checked.hint };
    issue({ path: [field], message: `${field} ${checked.message}`, ...hint });
    return "/";
  }
  const file = checked.path.slice(checked.path.lastIndexOf("/") + 1);
  const isElsewhere = path === undefined && name.includes("/");
  if (checked.slash || isElsewhere || file.trim() !== file || file === "") {
    issue({ path: [field], message: `${field} must be that of a file`, hint: "write path" });
  } else if (/\.|~$/.test(file)) {
    const message = `sudo reads no file whose name has a dot in it or ends with ~, as ${file} does`;
    issue({ path: [field], message, hint: `write ${file.replaceAll(/\.|~$/g, "_")}` });
  }
  return checked.path;
}

function nothing(fields: SudoersFields, { issue }: ResolveContext): string {
  for (const field of ["content", ...RULE_FIELDS] as const) {
    if (fields[field]) {
      issue({ path: [field], message: `${field} is not for what should be absent` });
    }
  }
  return "";
}

function contentOf(fields: SudoersFields, { issue }: ResolveContext): string {
  const { content } = fields;
  if (content === undefined) return ruleOf(fields, issue);
  for (const field of RULE_FIELDS) {
    if (fields[field]) {
      issue({ path: [field], message: `${field} and content both say what is in the file` });
    }
  }
  if (content.includes("\r")) {
    issue({
      path: ["content"],
      message: "content has line ends of Windows, which sudo does not read",
    });
  }
  // A last line without an end would go on with what is read after it.
  return content === "" || content.endsWith("\n") ? content : `${content}\n`;
}

function ruleOf(
  { users = [], groups = [], commands = ["ALL"], run_as = "ALL", nopasswd }: SudoersFields,
  issue: ResolveContext["issue"],
): string {
  if (users.length + groups.length === 0) {
    const hint = "write who may run commands, or content";
    issue({ path: ["users"], message: "users and groups are missing", hint });
  }
  const isWhole = (command: string) => /^(ALL$|!?\/|sudoedit )/.test(command);
  for (const [index, command] of commands.entries()) {
    if (isWhole(command)) continue;
    const message = "a command must begin with an absolute path, or be ALL";
    issue({ path: ["commands", index], message });
  }
  const who = [...users, ...groups.map((group) => `%${group}`)].join(", ");
  const tag = nopasswd ? "NOPASSWD: " : "";
  return `${who} ALL=(${run_as}) ${tag}${commands.map(escaped).join(", ")}\n`;
}

/** What stands for itself in a command, where nobody has said so yet. */
function escaped(command: string): string {
  return command.replaceAll(/\\.|[,:=]/g, (sign) => sign.startsWith("\\") ? sign : `\\${sign}`);
}

/** It comes after sudo, who checks it, and what its file is in. */
export function relationsOf({ path, absent }: SudoersParams): Relations {
  const needs: readonly Needed[] = absent ? [] : ["package:sudo", "package-of:/usr/sbin/visudo"];
  return { entry: path, needs, removes: absent };
}
