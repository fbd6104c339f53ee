/**
 * User and group names of the machine. The local files answer at once; what they do not know is asked
 * of `getent`, behind which are LDAP, sssd and whatever else the machine is set up for.
 *
 * @module
 */

import { parseNames } from "../base/account_files.ts";
import { chain } from "../base/chain.ts";
import { fail, ok } from "../base/result.ts";
import type { Awaitable, Result } from "../base/result.ts";
import type { Clock } from "./clock.ts";
import type { Processes } from "./process/processes.ts";
import type { Users } from "./users.ts";

export interface LocalUsersOptions {
  readonly clock: Clock;
  readonly processes: Processes;
  /** Where `passwd` and `group` are; for tests. */
  readonly directory?: string;
}

type Database = "passwd" | "group";

/** How long an answer of `getent` is believed. */
const BELIEVED_MS = 5000;
const TIMEOUT_MS = 10_000;
/** The largest number is kept for "no change". */
const LARGEST = 2 ** 32 - 2;

/** The machine's users and groups. */
export function createLocalUsers(options: LocalUsersOptions): Users {
  const users = createNames("passwd", options);
  const groups = createNames("group", options);
  return {
    own: Deno.uid() ?? 0,
    uid: (name) => users(name),
    gid: (name) => groups(name),
    isRoot: () => Deno.uid() === 0,
  };
}

function createNames(
  database: Database,
  { clock, processes, directory = "/etc" }: LocalUsersOptions,
): (name: string) => Awaitable<Result<number>> {
  const path = `${directory}/${database}`;
  let version = "";
  let local: ReadonlyMap<string, number> = new Map();
  const asked = new Map<string, { readonly atMs: number; readonly number: number }>();

  function find(name: string): Awaitable<Result<number>> {
    if (/^[0-9]{1,10}$/.test(name) && Number(name) <= LARGEST) return ok(Number(name));
    refresh();
    const number = local.get(name);
    if (number !== undefined) return ok(number);
    const answer = asked.get(name);
    if (answer !== undefined && clock.nowMs() - answer.atMs < BELIEVED_MS) return ok(answer.number);
    return chain(ask(database, name, processes), (result) => {
      if (result.ok) asked.set(name, { atMs: clock.nowMs(), number: result.value });
      return result;
    });
  }

  /** Reads the file again if it changed. */
  function refresh(): void {
    try {
      const { mtime, size, ino } = Deno.statSync(path);
      const now = `${mtime?.getTime()} ${size} ${ino}`;
      if (now === version) return;
      local = parseNames(Deno.readTextFileSync(path));
      version = now;
      asked.clear();
    } catch {
      // A machine without the file may still know names otherwise.
      local = new Map();
      version = "";
    }
  }

  return find;
}

async function ask(
  database: Database,
  name: string,
  processes: Processes,
): Promise<Result<number>> {
  const what = database === "passwd" ? "user" : "group";
  const unknown = fail(`there is no ${what} named ${JSON.stringify(name)}`, {
    code: "no-account",
    hint: `make the ${what} first`,
    needs: [`${what}:${name}`],
  });
  // What cannot be a name must not become an option or another line.
  if (name.startsWith("-") || /[\s:]/.test(name)) return unknown;
  let found: number | undefined;
  const ended = await processes.run({
    argv: ["getent", database, name],
    timeoutMs: TIMEOUT_MS,
    line: (line, stream) => {
      if (stream === "stdout") found ??= parseNames(line).get(name);
    },
  });
  if (ended.ok && ended.value.ended === "timeout") {
    return fail(`the ${what} ${JSON.stringify(name)} could not be looked up within 10 s`, {
      code: "timeout",
      hint: `try: getent ${database} ${name}`,
    });
  }
  return found === undefined ? unknown : ok(found);
}
