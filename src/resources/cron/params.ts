/**
 * From the fields of a cron job to its units.
 *
 * @module
 */

import type { AttributeExpectation, Claim } from "../../kind/claim.ts";
import type { FieldIssue, ResolveContext } from "../../kind/kind.ts";
import type { Needed, Relations } from "../../kind/relations.ts";
import { doubtCommand } from "../shared/command/shell_signs.ts";
import { type Argv, splitCommand } from "../shared/command/split.ts";
import type { CronFields } from "./fields.ts";
import { parseSchedule } from "./schedule.ts";
import { serviceOf, serviceText, timerText } from "./units.ts";

/** A file of systemd. */
export interface UnitFile {
  readonly path: string;
  /** What should be in it; empty where it should not be. */
  readonly text: string;
}

/** What should be so. */
export interface CronParams {
  /** The name of the timer, with its suffix. */
  readonly timer: string;
  readonly absent: boolean;
  readonly calendars: readonly string[];
  readonly files: readonly UnitFile[];
  /** The unit that it starts. */
  readonly unit: string;
  /** The program, and whom it runs as; undefined where the unit is not its own. */
  readonly program?: string;
  readonly user?: string;
}

const DIRECTORY = "/etc/systemd/system";
/** What a unit may be called, less the prefix and the suffix. */
const NAME = /^[\w:.-]{1,200}$/;
const UNIT_SUFFIX = /\.(service|socket|device|mount|automount|swap|target|path|slice|scope)$/;

/** Makes parameters of fields; mistakes go to `context`. */
export function resolveCron(fields: CronFields, context: ResolveContext): CronParams {
  const { name } = context;
  const absent = fields.state === "absent";
  if (!NAME.test(name)) {
    context.issue({
      path: ["name"],
      message: `the name ${JSON.stringify(name)} cannot be part of a unit's name`,
      hint: "take letters, digits, and : . _ - only, 200 at most",
    });
  }
  checkTogether(fields, absent, context);
  const { user } = fields;
  const calendars = calendarsOf(fields.schedule ?? [], context);
  const own = `mgmt-${name}`;
  const timer = `${own}.timer`;
  const files = (service: string, unit?: string): readonly UnitFile[] =>
    absent ? filesOfNone(own) : [
      { path: `${DIRECTORY}/${own}.service`, text: service },
      {
        path: `${DIRECTORY}/${timer}`,
        text: timerText({ name, calendars, ...options(fields), ...(unit && { unit }) }),
      },
    ];
  if (fields.unit !== undefined) {
    const unit = unitName(fields.unit);
    return { timer, absent, calendars, files: files("", unit), unit };
  }
  const argv = argvOf(fields, context);
  return {
    timer,
    absent,
    calendars,
    files: files(serviceText({ name, argv, ...options(fields) })),
    unit: serviceOf(timer),
    program: argv[0],
    ...(user === undefined ? {} : { user }),
  };
}

/** What is about a command. */
const OF_COMMAND = ["command", "shell", "user", "environment"] as const;

function checkTogether(fields: CronFields, absent: boolean, { issue }: ResolveContext): void {
  const missing = fields.unit === undefined
    ? ["schedule", "command"] as const
    : ["schedule"] as const;
  for (const field of missing) {
    if (fields[field] === undefined && !absent) {
      issue({ path: ["name"], message: `${field} is missing` });
    }
  }
  if (fields.unit === undefined) return;
  for (const field of OF_COMMAND) {
    if (fields[field] === undefined) continue;
    const message = `${field} is said, and unit, which is started as it is`;
    issue({ path: [field], message, hint: `leave out ${field}, or unit` });
  }
}

function unitName(said: string): string {
  return UNIT_SUFFIX.test(said) ? said : `${said}.service`;
}

/** With the link that enables it, which may be left where the files were removed by hand. */
function filesOfNone(unit: string): readonly UnitFile[] {
  return [linkOf(`${unit}.timer`), `${DIRECTORY}/${unit}.timer`, `${DIRECTORY}/${unit}.service`]
    .map((path) => ({ path, text: "" }));
}

function options({ user, persistent, random_delay, environment }: CronFields) {
  return {
    user: user ?? "root",
    persistent: persistent ?? false,
    randomDelaySeconds: random_delay ?? 0,
    environment: environment ?? {},
  };
}

function calendarsOf(
  schedule: string | readonly string[],
  context: ResolveContext,
): readonly string[] {
  const texts = typeof schedule === "string" ? [schedule] : schedule;
  const calendars = texts.flatMap((text, index) => {
    const parsed = parseSchedule(text);
    if (parsed.ok) return parsed.calendars;
    const path = typeof schedule === "string" ? ["schedule"] : ["schedule", index];
    const { message, hint } = parsed;
    const issue: FieldIssue = { path, message: `the schedule ${JSON.stringify(text)} ${message}` };
    context.issue({ ...issue, hint });
    return [];
  });
  return [...new Set(calendars)];
}

/** systemd looks for a program without a directory itself; the first signs mean something to it. */
function argvOf({ command, shell }: CronFields, context: ResolveContext): Argv {
  const argv = splitCommand(command ?? "true", shell);
  doubtCommand({ field: "command", shellField: "shell", command, shell }, context);
  const field = shell === undefined ? "command" : "shell";
  if (argv === undefined) {
    context.issue({ path: ["command"], message: "command says nothing to run" });
  } else if (/^[-@:+!|]/.test(argv[0])) {
    context.issue({
      path: [field],
      message: `${field} must not begin with ${argv[0].charAt(0)}, which systemd takes for its own`,
    });
  } else if (argv[0].includes("/") && !argv[0].startsWith("/")) {
    context.issue({
      path: [field],
      message: `the program ${argv[0]} is neither an absolute path nor a plain name`,
      hint: "begin it with /",
    });
  }
  return argv ?? [""];
}

/** Its units are its own; it comes after the program, and the user. */
export function relationsOf(params: CronParams): Relations {
  const { files, timer, absent, unit, program, user } = params;
  const provides = [
    `unit:${timer}` as const,
    `unit:${serviceOf(timer)}` as const,
    ...files.map(({ path }) => `path:${path}` as const),
  ];
  if (absent) return { provides, removes: true };
  const needs: Needed[] = [`within:${DIRECTORY}/${timer}`];
  if (program === undefined) needs.push(`unit:${unit}`);
  else if (program.startsWith("/")) needs.push(`path:${program}`, `package-of:${program}`);
  if (user !== undefined) needs.push(`user:${user}`);
  return { provides, needs };
}

/** Its files, and the link that enables it. */
export function claimsOf({ files, timer, absent }: CronParams): readonly Claim[] {
  if (absent) return files.map(({ path }) => ({ path, says: "all", type: "absent" }));
  const claims = files.map(({ path, text }): Claim => ({
    path,
    says: "all",
    ...(text === "" ? { type: "absent" } : {}),
  }));
  return [...claims, { path: linkOf(timer), says: "all" }];
}

/** Units of any job are in one directory. */
export function placesOf(): readonly AttributeExpectation[] {
  return [{ path: DIRECTORY, reach: "below" }];
}

function linkOf(timer: string): string {
  return `${DIRECTORY}/timers.target.wants/${timer}`;
}
