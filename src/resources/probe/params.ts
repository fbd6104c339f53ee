/**
 * From the fields of a probe to what it does.
 *
 * @module
 */

import type { ResolveContext } from "../../kind/kind.ts";
import { doubtCommand } from "../shared/command/shell_signs.ts";
import { type Argv, splitCommand } from "../shared/command/split.ts";
import { DEFAULTS, type ProbeFields } from "./fields.ts";

/** What is probed. */
export type ProbeTarget =
  | { readonly type: "tcp"; readonly host: string; readonly port: number }
  | {
    readonly type: "http";
    readonly url: string;
    /** `204`, `2xx`. */
    readonly status: readonly string[];
    readonly contains?: string;
  }
  | { readonly type: "command"; readonly argv: Argv; readonly bare: boolean };

export interface ProbeParams {
  readonly name: string;
  readonly target: ProbeTarget;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly failures: number;
  readonly successes: number;
}

/** Which fields say what is probed, and which only go with one of them. */
const TARGETS = ["tcp", "http", "command"] as const;
const COMPANIONS = { status: "http", contains: "http", shell: "command" } as const;

/** Makes parameters of fields; mistakes go to `context`. */
export function resolveProbe(fields: ProbeFields, context: ResolveContext): ProbeParams {
  const named = TARGETS.filter((name) => fields[name] !== undefined);
  if (named.length === 0) {
    context.issue({
      path: ["name"],
      message: "nothing says what is probed",
      hint: "set tcp, http or command",
    });
  }
  for (const name of named.slice(1)) {
    const message = `${name} and ${named[0]} are both set`;
    context.issue({ path: [name], message, hint: "make a probe of each" });
  }
  for (const [name, of] of Object.entries(COMPANIONS) as [keyof typeof COMPANIONS, string][]) {
    if (fields[name] !== undefined && !named.some((each) => each === of)) {
      context.issue({ path: [name], message: `${name} is set, but not ${of}` });
    }
  }
  const { command, shell } = fields;
  doubtCommand({ field: "command", shellField: "shell", command, shell }, context);
  return {
    name: context.name,
    target: targetOf(fields, context),
    intervalSeconds: fields.interval ?? DEFAULTS.interval,
    timeoutSeconds: fields.timeout ?? DEFAULTS.timeout,
    failures: fields.failures ?? DEFAULTS.failures,
    successes: fields.successes ?? DEFAULTS.successes,
  };
}

function targetOf(fields: ProbeFields, context: ResolveContext): ProbeTarget {
  if (fields.tcp !== undefined) return tcpTarget(fields.tcp, context);
  if (fields.http !== undefined) return httpTarget(fields.http, fields, context);
  const argv = splitCommand(fields.command ?? "true", fields.shell);
  if (argv === undefined) {
    context.issue({ path: ["command"], message: "command says nothing to run" });
  }
  return { type: "command", argv: argv ?? [""], bare: fields.shell === undefined };
}

function tcpTarget(text: string, context: ResolveContext): ProbeTarget {
  const match = /^(?:\[([0-9a-f:.]+)\]|([^\s:/[\]]+)):([0-9]{1,5})$/i.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port < 1 || port > 65_535) {
    context.issue({
      path: ["tcp"],
      message: `tcp must be HOST:PORT, not ${JSON.stringify(text)}`,
      hint: "for instance localhost:5432, 10.0.0.7:80 or [::1]:80",
    });
  }
  return { type: "tcp", host: match?.[1] ?? match?.[2] ?? "", port };
}

function httpTarget(
  text: string,
  { status = DEFAULTS.status, contains }: ProbeFields,
  context: ResolveContext,
): ProbeTarget {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const issue = (message: string, hint: string) => context.issue({ path: ["http"], message, hint });
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    issue(`http must be a URL, not ${JSON.stringify(text)}`, "begin it with http:// or https://");
  } else if (url.username !== "" || url.password !== "") {
    issue("http must not contain a user or a password", "probe it with a command that logs in");
  }
  return {
    type: "http",
    url: url?.href ?? text,
    status: (Array.isArray(status) ? status : [status]).map(String),
    ...(contains === undefined ? {} : { contains }),
  };
}
