/**
 * The fields of a cron job.
 *
 * @module
 */

import {
  array,
  boolean,
  enum as oneOf,
  gte,
  lte,
  maxLength,
  minLength,
  number,
  record,
  refine,
  regex,
  string,
  union,
} from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { commandText } from "../shared/field_parts.ts";

const DAY_SECONDS = 86_400;

const schedule = string().check(minLength(1), maxLength(1000));
const variable = string().check(
  refine((name) => /^[A-Za-z_]\w*$/.test(name), "is no name for an environment variable"),
);

export const CRON_FIELDS = defineFields({
  schedule: {
    type: union([schedule, array(schedule).check(minLength(1), maxLength(20))]),
    typeText: "text, for instance daily, Mon..Fri 04:00 or */15 * * * *; or a list",
    summary: "when it runs: a calendar expression of systemd, or the five fields of cron",
  },
  command: {
    type: commandText,
    typeText: "text",
    summary: "what runs; without a shell it is split on blanks, and no quote or $ is special",
  },
  unit: {
    type: string().check(
      regex(/^[\w:.@\\-]{1,240}$/, "is no name of a unit"),
      refine((name) => !name.endsWith(".timer"), "must not be a timer itself"),
    ),
    typeText: "text, for instance backup.service; without a suffix it is a service",
    summary: "instead of command: a unit that is there already, which is started",
  },
  shell: {
    type: commandText,
    typeText: "a program, for instance /bin/sh",
    summary: "runs the command as `SHELL -c COMMAND`",
  },
  user: {
    type: string().check(
      regex(/^[a-z0-9_][a-z0-9_.-]{0,255}$/i, "is no name of a user"),
    ),
    typeText: "text",
    summary: "whom to run as",
    defaultText: "root",
  },
  persistent: {
    type: boolean(),
    typeText: "true or false",
    summary: "what was missed while the host was off runs when it is on again",
    defaultText: "false",
  },
  random_delay: {
    type: number().check(gte(0), lte(DAY_SECONDS)),
    typeText: "seconds",
    summary:
      "it runs later by a random time of up to so long, so that not all hosts run it at once",
    defaultText: "0",
  },
  environment: {
    type: record(variable, commandText),
    typeText: "a map of texts",
    secret: {
      instead:
        "it stands in a unit that all users can read; have the command read a file with mode 0600",
    },
    summary: "variables of the command; all users of the host can read them",
  },
  state: {
    type: oneOf(["exists", "absent"]),
    typeText: "exists | absent",
    summary: "whether there is such a job",
    defaultText: "exists",
  },
});

/** What a graph file says of one job. */
export type CronFields = FieldsOf<typeof CRON_FIELDS>;
