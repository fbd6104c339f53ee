/**
 * The agent as a service of this host: installed and taken away again.
 *
 * @module
 */

import { type Failure, failure, ok, type Result } from "../../base/result.ts";
import { environment } from "../../os/environment.ts";
import { runsExecutable } from "../../os/executable.ts";
import type { Sight } from "../../os/files/files.ts";
import type { Host } from "../../host/host.ts";
import { callManager } from "../../systemd/manager.ts";
import type { UnitState } from "../../systemd/services.ts";
import { serviceDangers } from "./service_dangers.ts";
import { UNIT_MARK, UNIT_NAME } from "./service_unit.ts";

/** Where units of the host's administrator are. */
const UNIT_PATH = `/etc/systemd/system/${UNIT_NAME}`;
const UNIT_BYTES = 64 * 1024;
/** This directory is there while systemd runs the host. */
const SYSTEMD_RUNS = "/run/systemd/system";
/** Lines of the journal that are shown when the service does not start. */
const TAIL_LINES = 15;
/** From so long on one wonders. */
const PATIENCE_MS = 3000;

/** What an installation needs. */
export interface ServiceContext {
  readonly host: Host;
  /** Says what was done, as one line. */
  readonly say: (line: string) => Promise<void>;
  readonly warn: (text: string) => void;
}

/** What is to be installed; the paths are absolute. */
export interface ServiceParts {
  /** The text of the unit. */
  readonly text: string;
  readonly executable: string;
  readonly graph: string;
  /** What else it runs. */
  readonly programs: readonly string[];
}

/** Makes the unit say `text`, and the service run it; what is so already is left alone. */
export async function installService(
  context: ServiceContext,
  { text, executable, graph, programs }: ServiceParts,
): Promise<Failure | undefined> {
  const { host, say } = context;
  const obstacle = await unfit(host, "service install");
  if (obstacle !== undefined) return obstacle;
  const seen = await ownUnit(host);
  if (!seen.ok) return seen.failure;
  for (const path of [executable, graph, ...programs]) {
    for (const danger of await serviceDangers(path)) context.warn(danger);
  }
  const rewritten = seen.value.text !== text;
  if (rewritten) {
    const problem = await writeUnit(host, seen.value.sight, text);
    if (problem !== undefined) return problem;
    await say(`${UNIT_PATH}: ${seen.value.text === undefined ? "written" : "replaced"}`);
  }
  const state = await host.services.system.look(UNIT_NAME);
  if (!state.ok) return state.failure;
  const done: string[] = [];
  if (state.value.file !== "enabled") {
    const problem = await host.services.system.changeFile("enable", UNIT_NAME);
    if (problem !== undefined) return problem;
    done.push("enabled");
  }
  const job = await wantedJob(host, state.value, executable, rewritten);
  if (job !== undefined) {
    const problem = await runJob(context, job);
    if (problem !== undefined) return problem;
    done.push(`${job}ed`);
  }
  if (!rewritten && done.length === 0) done.push("unchanged");
  if (done.length > 0) await say(`${UNIT_NAME}: ${done.join(", ")}`);
  return undefined;
}

/** Ends the service and takes it away; the state stays. */
export async function uninstallService(context: ServiceContext): Promise<Failure | undefined> {
  const { host, say } = context;
  const obstacle = await unfit(host, "service uninstall");
  if (obstacle !== undefined) return obstacle;
  const seen = await ownUnit(host);
  if (!seen.ok) return seen.failure;
  const { system } = host.services;
  const state = await system.look(UNIT_NAME);
  if (!state.ok) return state.failure;
  if (seen.value.text === undefined && state.value.load === "not-found") {
    await say(`${UNIT_NAME}: is not installed`);
    return undefined;
  }
  const problem = await patiently(context, () => system.run("stop", UNIT_NAME)) ??
    await system.changeFile("disable", UNIT_NAME) ??
    await removeUnit(host, seen.value.sight) ??
    await system.reloadUnitFiles();
  if (problem !== undefined) return problem;
  // A unit that failed is remembered as such, also without a file. Where it is not, that is no mistake.
  const forget = { signature: "s", body: [UNIT_NAME] };
  await callManager(host.systemBus, "ResetFailedUnit", forget);
  await say(`${UNIT_NAME}: stopped, disabled, removed`);
  await say("its state is kept: /var/lib/mgmt, unless --prefix said otherwise");
  for (const path of state.value.dropInPaths) await say(`settings beside it are kept: ${path}`);
  return undefined;
}

/** Why no service can be made here. */
async function unfit(host: Host, command: string): Promise<Failure | undefined> {
  const runs = await host.files.look(SYSTEMD_RUNS);
  if (!runs.ok || runs.value.type !== "directory") {
    return failure("systemd does not run this host, so it can have no service of it", {
      hint: "start mgmt run the way this host starts its programs",
    });
  }
  if (host.users.isRoot()) return undefined;
  return failure("only root can change the services of this host", {
    hint: `sudo mgmt ${command} …`,
  });
}

/** The unit file as it is; its text is absent where there is none. */
async function ownUnit(host: Host): Promise<Result<{ sight: Sight; text?: string }>> {
  const looked = await host.files.look(UNIT_PATH, { contentUpToBytes: UNIT_BYTES });
  if (!looked.ok) return looked;
  const sight = looked.value;
  if (sight.type === "absent") return ok({ sight });
  if (sight.type === "symlink" && sight.target === "/dev/null") {
    return foreign("is masked", `systemctl unmask ${UNIT_NAME} allows it again`);
  }
  const text = sight.type === "file" ? new TextDecoder().decode(sight.content) : "";
  if (text.startsWith(UNIT_MARK)) return ok({ sight, text });
  return foreign("was not written by mgmt service install", "move it away first");
}

function foreign(what: string, hint: string): Result<never> {
  return { ok: false, failure: failure(`${UNIT_PATH} ${what}`, { hint }) };
}

async function writeUnit(host: Host, seen: Sight, text: string): Promise<Failure | undefined> {
  const content = new TextEncoder().encode(text);
  const written = await host.files.write({ path: UNIT_PATH, content, seen, mode: 0o644 });
  if (!written.ok) return written.failure;
  return await host.services.system.reloadUnitFiles();
}

async function removeUnit(host: Host, seen: Sight): Promise<Failure | undefined> {
  if (seen.type === "absent") return undefined;
  const removed = await host.files.remove(UNIT_PATH, seen, { tree: false });
  return removed.ok ? undefined : removed.failure;
}

/** What has to be done so that the service runs this unit and this executable. */
async function wantedJob(
  host: Host,
  unit: UnitState,
  executable: string,
  rewritten: boolean,
): Promise<"start" | "restart" | undefined> {
  if (unit.active !== "active" && unit.active !== "reloading") return "start";
  if (rewritten) return "restart";
  const service = await host.services.system.service(UNIT_NAME);
  const isSame = service.ok && runsExecutable(service.value.mainPid, executable);
  return isSame ? undefined : "restart";
}

async function runJob(
  context: ServiceContext,
  job: "start" | "restart",
): Promise<Failure | undefined> {
  const { host, say } = context;
  // A command of the agent that is to be restarted: that one waits for it, so it must not wait.
  if (job === "restart" && environment("MGMT_COMMAND_MARK") !== undefined) {
    const body = [UNIT_NAME, "replace"];
    const asked = await callManager(host.systemBus, "RestartUnit", { signature: "ss", body });
    return asked.ok ? undefined : asked.failure;
  }
  const problem = await patiently(context, () => host.services.system.run(job, UNIT_NAME));
  if (problem === undefined) return undefined;
  const tail = await host.services.system.journalTail(UNIT_NAME, TAIL_LINES);
  for (const line of tail) await say(`  ${line}`);
  return { ...problem, message: `${problem.message}; systemd goes on trying` };
}

/** Says why nothing seems to happen: an agent that is stopped first finishes what it does. */
async function patiently<Value>(
  { host, say }: ServiceContext,
  action: () => Promise<Value>,
): Promise<Value> {
  const line = `${UNIT_NAME}: waiting for what it still does (systemctl status mgmt)`;
  const timer = host.clock.after(PATIENCE_MS, () => void say(line));
  try {
    return await action();
  } finally {
    timer.cancel();
  }
}
