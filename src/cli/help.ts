/**
 * Help, made from the commands themselves.
 *
 * @module
 */

import { HELP_FLAG } from "./args.ts";
import { defaultTextOf, type Flag } from "../app/flags.ts";
import type { Command } from "./command.ts";

/** What the program's exit codes mean; also in docs/reference.md. */
export const EXIT_CODES: readonly (readonly [code: string, meaning: string])[] = [
  ["0", "done; with `--noop` also when there is drift (it is in the recap)"],
  ["1", "wrong use, a graph with mistakes, or an internal error"],
  ["2", "of `mgmt plan`: there is something to do, or something that is not known"],
  [
    "4",
    "some resource failed, of `mgmt plan`: something is refused, with `--noop`: would fail, or is contested at the end, or this host has no part in its cluster, because its name is another's (this beats 5)",
  ],
  [
    "5",
    "not converged before `--max-runtime`, in a run that was to end by convergence; or not within `--wait`",
  ],
  ["129, 130, 143", "ended by SIGHUP (its terminal was closed), by SIGINT, by SIGTERM"],
];

/** The overview of all commands. */
export function overview(commands: readonly Command[]): string {
  return [
    "mgmt keeps a host in the state that a graph describes.",
    "",
    "Usage: mgmt COMMAND [ARGUMENTS]",
    "",
    "Commands:",
    ...columns(commands.map(({ name, summary }) => [name, summary])),
    "",
    "For instance:",
    ...columns([
      ["mgmt run graph.yaml", "make it true and keep it true"],
      ["mgmt plan graph.yaml", "only say what a run would do, and what is unknown"],
      ["mgmt plan graph.yaml --running", "what an edit would change and restart"],
      ["mgmt history --since 18:00 --changed", "what changed last night"],
      ["mgmt why svc[nginx]", "why nginx was changed or reloaded last, and by whom"],
    ]),
    "",
    "mgmt help COMMAND says more.",
    "",
  ].join("\n");
}

/** All about one command. */
export function commandHelp(command: Command): string {
  const { name, short, summary, usage, details, examples = [], flags } = command;
  const lines = [`mgmt ${name}: ${summary}`, ""];
  usage.forEach((form, index) => {
    lines.push(`${index === 0 ? "Usage:" : "      "} mgmt ${name} ${form}`.trimEnd());
  });
  if (short !== undefined) lines.push("", `mgmt ${short} is the same.`);
  if (details !== undefined) lines.push("", details);
  lines.push("", "Flags:", ...columns([...flags, HELP_FLAG].map(flagRow)));
  if (examples.length > 0) lines.push("", "Examples:", ...columns(examples));
  if (name === "run") lines.push("", "Exit codes:", ...columns(EXIT_CODES.map(plain)));
  return [...lines, ""].join("\n");
}

/** `-t, --converged-timeout SECONDS`. */
export function flagUsage({ name, short, value }: Flag): string {
  const letter = short === undefined ? "" : `-${short}, `;
  return `${letter}--${name}${value === undefined ? "" : ` ${value}`}`;
}

function flagRow(flag: Flag): [string, string] {
  const { summary, environment } = flag;
  const defaultText = defaultTextOf(flag);
  const extras = [
    ...(defaultText === undefined ? [] : [`default: ${defaultText}`]),
    ...(environment === undefined ? [] : [environment]),
  ];
  const indent = flag.short === undefined ? "    " : "";
  return [
    indent + flagUsage(flag),
    extras.length === 0 ? summary : `${summary} (${extras.join("; ")})`,
  ];
}

function plain([code, meaning]: readonly [string, string]): [string, string] {
  return [code, meaning.replaceAll("`", "")];
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}
