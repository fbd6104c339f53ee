/**
 * The environment of a child: the agent's own for tools of the host, a clean one for the commands of
 * a graph, which is the same whatever the agent was started from.
 *
 * @module
 */

import type { ProcessCommand } from "./processes.ts";
import { type Account, localAccount } from "./account.ts";

type Variables = Readonly<Record<string, string>>;

/** Where programs are looked for. */
const PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/** Messages in one language, text in UTF-8. */
const LANG = "C.UTF-8";
/** Shells that are there to let nobody in; a program that starts `$SHELL` needs a real one. */
const NO_SHELL = /\/(nologin|false|true)$/;
const SHELL = "/bin/sh";

/**
 * All variables but the mark. `account`: whom it runs as, where that is not the agent's user and is
 * known.
 */
export function environmentOf(command: ProcessCommand, account: Account | undefined): Variables {
  const { inherit, env } = command;
  // By the first a host joins its cluster, and nothing that it starts does.
  const { MGMT_TOKEN: _, ...agents } = Deno.env.toObject();
  if (inherit === undefined) return { PATH, ...agents, ...nameOf(account), ...env };
  const kept = inherit.flatMap((name) => agents[name] === undefined ? [] : [[name, agents[name]]]);
  const isAgents = (command.uid ?? Deno.uid()) === Deno.uid();
  return {
    ...{ PATH, LANG, HOME: "/", SHELL },
    ...variablesOf(isAgents ? ownAccount(agents) : account),
    ...Object.fromEntries(kept),
    ...env,
  };
}

/** The agent's account; where the host's own database does not know it, what its environment says. */
function ownAccount({ USER, LOGNAME, HOME, SHELL }: Variables): Account {
  const name = LOGNAME ?? USER ?? "";
  return localAccount(Deno.uid() ?? 0) ??
    { name, gid: Deno.gid() ?? 0, home: HOME ?? "/", shell: SHELL ?? "" };
}

function variablesOf(account: Account | undefined): Variables {
  const shell = account?.shell ?? "";
  const usable = shell !== "" && !NO_SHELL.test(shell);
  return { ...nameOf(account), ...(usable ? { SHELL: shell } : {}) };
}

function nameOf(account: Account | undefined): Variables {
  if (account === undefined) return {};
  const { name, home } = account;
  return { HOME: home, ...(name === "" ? {} : { USER: name, LOGNAME: name }) };
}
