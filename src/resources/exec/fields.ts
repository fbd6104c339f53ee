/**
 * The fields of an exec resource.
 *
 * @module
 */

import {
  array,
  boolean,
  enum as oneOf,
  gte,
  int,
  lte,
  maxLength,
  minLength,
  number,
  optional,
  record,
  refine,
  strictObject,
  string,
} from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { IN_ENVIRONMENT, LONGEST_COMMAND, withoutNul } from "../shared/field_parts.ts";

const LONGEST_INPUT = 1024 * 1024;
const MOST_ARGUMENTS = 10_000;
/** Ten years. */
const LONGEST_SECONDS = 10 * 366 * 24 * 3600;

const command = {
  type: string().check(maxLength(LONGEST_COMMAND), withoutNul),
  typeText: "text",
  secret: { instead: IN_ENVIRONMENT },
};
const shell = {
  type: string().check(maxLength(4096), withoutNul),
  typeText: "a program, for instance /bin/sh",
};
const path = {
  type: string().check(maxLength(4096), withoutNul),
  typeText: "an absolute path",
};
const seconds = {
  type: number().check(gte(0), lte(LONGEST_SECONDS)),
  typeText: "seconds",
  defaultText: "0 (none)",
};
// A bare 0 must not pass for "unset": root is written as text.
const account = {
  type: string().check(minLength(1), maxLength(256)),
  typeText: "text or a number",
  programText: "text",
  emptyCounts: true,
  asWritten: true,
};

const variable = string().check(
  refine((name) => /^[^=\0]+$/.test(name), "is no name for an environment variable"),
);

const shaped = (pattern: RegExp, wanted: string) =>
  string().check(refine((value) => pattern.test(value), `must be ${wanted}`));
const limits = strictObject({
  // In systemd's notation; nothing of it is swapped out.
  memory: optional(
    shaped(/^[1-9][0-9]*(\.[0-9]+)?[KMGT%]$/, "an amount such as 512M, 2G or 10%"),
  ),
  cpu: optional(shaped(/^[1-9][0-9]*%$/, "a share such as 50%, where 100% is one processor")),
  tasks: optional(int().check(gte(1), lte(4_194_304))),
  // Seconds that it may run.
  time: optional(number().check(gte(0.1), lte(LONGEST_SECONDS))),
});

export const EXEC_FIELDS = defineFields({
  cmd: {
    ...command,
    summary:
      "the command, unless args say it; without a shell it is split on blanks, and no quote or $ is special",
  },
  args: {
    type: array(command.type).check(minLength(1), maxLength(MOST_ARGUMENTS)),
    typeText: "a list of texts",
    secret: command.secret,
    summary:
      "in place of cmd: the program and its arguments, each as it stands, with its blanks and quotes",
  },
  shell: { ...shell, summary: "runs the command as `SHELL -c CMD`" },
  timeout: {
    ...seconds,
    summary: "then the command and all it started is ended, and has failed",
  },
  watchcmd: {
    ...command,
    summary:
      "a command that runs all the time; at each line it prints cmd runs again, if ifcmd, unless and creates ask for it",
  },
  watchshell: { ...shell, summary: "the shell for watchcmd" },
  ifcmd: {
    ...command,
    summary:
      'the command runs only if this one exits with 0, or as a refresh (with ifcmd: "false" only so); it may take as long as timeout says, else 60 s',
  },
  ifshell: { ...shell, summary: "the shell for ifcmd" },
  unless: {
    ...command,
    summary:
      'the command does not run if this one exits with 0, but as a refresh (with unless: "true" only so); as long as ifcmd',
  },
  unless_shell: { ...shell, summary: "the shell for unless" },
  pollint: { ...seconds, summary: "looks and runs again so often" },
  state: {
    type: oneOf(["present"]),
    typeText: "present",
    summary: "the one value there is",
    defaultText: "present",
  },
  cwd: { ...path, summary: "the directory it runs in", defaultText: "/" },
  env: {
    type: record(
      variable,
      string().check(maxLength(LONGEST_COMMAND), withoutNul),
    ),
    typeText: "a map of texts",
    secret: "given",
    summary:
      "its variables, beside PATH, LANG=C.UTF-8, and HOME, USER, LOGNAME and SHELL of whom it runs as",
  },
  stdin: {
    type: string().check(maxLength(LONGEST_INPUT)),
    typeText: "text",
    secret: "given",
    summary: "what cmd can read from its standard input, which is empty otherwise",
  },
  success_codes: {
    type: array(int().check(gte(0), lte(255))).check(minLength(1), maxLength(256)),
    typeText: "a list of numbers",
    summary: "the exit codes of cmd that are no failure, 0 only where it is among them",
    defaultText: "[0]",
  },
  inherit_env: {
    type: array(variable).check(maxLength(1000)),
    typeText: "a list of names",
    summary:
      "variables that it also has from the environment of the agent, where they are set there",
  },
  user: { ...account, summary: "whom to run as, with that user's groups; only root can" },
  group: { ...account, summary: "the primary group", defaultText: "the user's own" },
  umask: {
    type: shaped(/^0?[0-7]{1,3}$/, "octal, as umask takes it, for instance 077"),
    typeText: "077 or 0027, quoted or not",
    programText: "text",
    emptyCounts: true,
    asWritten: true,
    summary: "which permissions its new files do not have, those of ifcmd, unless and watchcmd too",
    defaultText: "022",
  },
  creates: {
    ...path,
    summary: "the command runs only while this path does not exist, and has to make it",
  },
  limits: {
    type: limits,
    typeText: "a map of memory, cpu, tasks, time",
    summary:
      "what the command and all it starts may use: `{memory: 512M, cpu: 50%, tasks: 100, time: 60}`; it runs in a scope of systemd and is ended as a whole, five seconds later also where the agent is gone",
  },
  sensitive: {
    type: boolean(),
    typeText: "true or false",
    summary:
      "never show cmd, args, ifcmd, unless and watchcmd, nor what they print; who lists processes sees their arguments, but not env",
    defaultText: "false",
  },
});

/** What a graph file says of one command. */
export type ExecFields = FieldsOf<typeof EXEC_FIELDS>;

/** Limits on a command and all that it starts; what is not said is not limited. */
export type ExecLimits = NonNullable<ExecFields["limits"]>;
