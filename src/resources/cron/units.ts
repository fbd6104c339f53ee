/**
 * The two units of a cron job, as texts. Pure.
 *
 * @module
 */

import { argumentWord, assignmentWord, lineText, programWord } from "../../base/systemd_quote.ts";
import type { Argv } from "../shared/command/split.ts";

/** What a job runs. */
export interface CronService {
  readonly name: string;
  readonly argv: Argv;
  readonly user: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** When it runs, and what, if that is not its own service. */
export interface CronTimer {
  readonly name: string;
  readonly calendars: readonly string[];
  readonly persistent: boolean;
  readonly randomDelaySeconds: number;
  readonly unit?: string;
}

const MARK = "# Kept so by mgmt. Your own settings belong beside it: systemctl edit";

/** What runs. */
export function serviceText({ name, argv, user, environment }: CronService): string {
  const [program, ...args] = argv;
  return lines([
    `${MARK} mgmt-${name}.service`,
    "[Unit]",
    `Description=${lineText(name)} (cron of mgmt)`,
    "",
    "[Service]",
    "Type=oneshot",
    // Also for root: with it there are HOME, USER and LOGNAME, as commands expect.
    `User=${user}`,
    ...Object.entries(environment).sort(([a], [b]) => a < b ? -1 : 1)
      .map(([variable, value]) => `Environment=${assignmentWord(variable, value)}`),
    `ExecStart=${[programWord(program), ...args.map(argumentWord)].join(" ")}`,
  ]);
}

/** When it runs. Without its own accuracy systemd would put it off by up to a minute. */
export function timerText(
  { name, calendars, persistent, randomDelaySeconds, unit }: CronTimer,
): string {
  return lines([
    `${MARK} mgmt-${name}.timer`,
    "[Unit]",
    `Description=when ${lineText(name)} runs (cron of mgmt)`,
    "",
    "[Timer]",
    ...calendars.map((calendar) => `OnCalendar=${calendar}`),
    "AccuracySec=1s",
    ...(persistent ? ["Persistent=true"] : []),
    ...(unit === undefined ? [] : [`Unit=${unit}`]),
    ...(randomDelaySeconds === 0 ? [] : [`RandomizedDelaySec=${randomDelaySeconds}s`]),
    "",
    "[Install]",
    "WantedBy=timers.target",
  ]);
}

/** The service that a timer starts. */
export function serviceOf(timer: string): string {
  return timer.replace(/timer$/, "service");
}

function lines(all: readonly string[]): string {
  return `${all.join("\n")}\n`;
}
