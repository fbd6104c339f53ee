/**
 * Making, changing and removing users.
 *
 * @module
 */

import type { Failure } from "../../base/result.ts";
import type { KindContext } from "../../kind/kind.ts";
import type { WorkContext } from "../../kind/work_context.ts";
import { runTool } from "../shared/accounts/tools.ts";
import { parseHomeMode } from "./home_mode.ts";
import type { UserChange } from "./check.ts";

const TOOLS = { make: "useradd", change: "usermod", remove: "userdel" } as const;

/** The programs that a change needs. */
export function toolsFor(change: UserChange): readonly string[] {
  return [
    ...(change.do !== "change" || change.args.length > 0 ? [TOOLS[change.do]] : []),
    ...(change.password === undefined ? [] : ["chpasswd"]),
    ...(change.ages === undefined ? [] : ["chage"]),
  ];
}

/** Does what was found to be done; the first failure ends it. */
export async function changeUser(
  name: string,
  change: UserChange,
  context: KindContext,
): Promise<Failure | undefined> {
  if (change.do !== "change" || change.args.length > 0) {
    const argv = [TOOLS[change.do], ...change.args, "--", name] as const;
    const long = change.args.some((arg) => arg === "--move-home" || arg === "--remove");
    const problem = await runTool({ argv, long }, context);
    if (problem !== undefined) return explained(problem, name, change);
  }
  if (change.password !== undefined) {
    const problem = await setPassword(name, change.password, context);
    if (problem !== undefined) return problem;
  }
  if (change.ages !== undefined) {
    const problem = await setAges(name, change.ages, context);
    if (problem !== undefined) return problem;
  }
  if (change.home !== undefined) {
    const problem = await makeHome(change.home, context);
    if (problem !== undefined) return problem;
  }
  for (const warning of change.warnings ?? []) context.warn(warning);
  return undefined;
}

/** An argument could be read by everybody on the host, so the hash goes another way. */
export async function setPassword(
  name: string,
  hash: string,
  context: WorkContext,
): Promise<Failure | undefined> {
  const script = 'printf "%s:%s\\n" "$MGMT_NAME" "$MGMT_HASH" | chpasswd --encrypted';
  return await runTool({
    argv: ["/bin/sh", "-c", script],
    env: { MGMT_NAME: name, MGMT_HASH: hash },
  }, context);
}

/** Says how long an account and its password hold. */
export async function setAges(
  name: string,
  args: readonly string[],
  context: WorkContext,
): Promise<Failure | undefined> {
  return await runTool({ argv: ["chage", ...args, "--", name] }, context);
}

/** Makes a home directory as useradd does: with what is in /etc/skel, and all of it the user's. */
async function makeHome(
  { path, uid, gid }: NonNullable<UserChange["home"]>,
  context: KindContext,
): Promise<Failure | undefined> {
  const { files, processes } = context.host;
  const there = await files.look(path);
  // usermod has moved it here.
  if (there.ok && there.value.type !== "absent") return undefined;
  const made = await files.makeDirectory(path, { uid, gid, mode: await homeMode(context) });
  if (!made.ok) return made.failure;
  const skeleton = await files.look("/etc/skel");
  if (!skeleton.ok || skeleton.value.type !== "directory") return undefined;
  const copied = await processes.run({
    argv: ["cp", "-RPT", "/etc/skel", path],
    resource: context.key,
    uid,
    gid,
    timeoutMs: 60_000,
  });
  if (!copied.ok) return copied.failure;
  if (copied.value.code !== 0) {
    context.warn(
      `not all of /etc/skel could be copied to ${path}: ${copied.value.tail.join(" / ")}`,
    );
  }
  return undefined;
}

async function homeMode({ host }: KindContext): Promise<number> {
  const seen = await host.files.look("/etc/login.defs", { contentUpToBytes: 1024 * 1024 });
  const content = seen.ok && seen.value.type === "file" ? seen.value.content : undefined;
  return parseHomeMode(new TextDecoder().decode(content));
}

function explained(problem: Failure, name: string, change: UserChange): Failure {
  if (change.do === "make" && /already exists/.test(problem.message)) {
    return {
      ...problem,
      hint: `${name} is not in /etc/passwd but known all the same, for instance to LDAP: choose ` +
        "another name",
    };
  }
  if (/currently used by process/.test(problem.message)) {
    return { ...problem, hint: "the user is logged in or runs programs" };
  }
  return problem;
}
