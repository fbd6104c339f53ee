/**
 * The host as checks see it: doors that only look, and what several of them need, found out once.
 *
 * @module
 */

import { join } from "node:path";
import { eitherOf } from "../../base/either.ts";
import { isJsonObject, parseJson } from "../../base/json.ts";
import type { Clock } from "../../os/clock.ts";
import type { PatientFiles } from "../../os/files/patient_files.ts";
import type { MachineFiles } from "../../os/machine_files.ts";
import type { MountedFileSystem } from "../../os/mounts/mount_list.ts";
import type { Network } from "../../os/network/network.ts";
import { askSocket } from "../../os/network/socket_client.ts";
import { readProcess } from "../../os/process/table.ts";
import type { Bus } from "../../systemd/bus/bus.ts";
import { controlSocketPath } from "../control/socket_places.ts";

/** The agent's state, as far as it can be looked at. */
export type PrefixSight = "there" | "absent" | "no directory" | "forbidden" | "silent";

/** Who holds the prefix, by the file of its lock. */
export interface PrefixHolder {
  readonly pid: number;
  /** Clock ticks between the start of the machine and that of the process. */
  readonly started: number;
  readonly graph: string;
  /** When it began by the clock of then, in milliseconds since 1970. */
  readonly sinceMs: number;
}

/** The agent with that prefix. `none` where nobody knows of one. */
export type AgentSight =
  | {
    readonly type: "answers";
    /** As `GET /v1/status` says it. */
    readonly status: Readonly<Record<string, unknown>>;
    /** As `GET /v1/cluster` says it. */
    readonly cluster: Readonly<Record<string, unknown>>;
    /** Why it is not healthy. */
    readonly hangs: string | undefined;
  }
  | { readonly type: "silent"; readonly why: string }
  | { readonly type: "unseen"; readonly why: string }
  | { readonly type: "none" };

/** What checks are given. */
export interface CheckedHost {
  readonly uid: number;
  /** This program's own; undefined: it runs from its source. */
  readonly executable: string | undefined;
  readonly clock: Clock;
  readonly machine: MachineFiles;
  readonly files: PatientFiles;
  readonly mounts: readonly MountedFileSystem[];
  readonly network: Network;
  readonly bus: Bus;
  readonly prefix: string;
  /** The flags that named it, for commands in hints: with a blank before each. */
  readonly placeWords: string;
  readonly prefixSight: PrefixSight;
  /** Undefined: none runs, or that cannot be seen. */
  readonly holder: PrefixHolder | undefined;
  readonly agent: AgentSight;
  /** Aborts when the time for all of it is over. */
  readonly signal: AbortSignal;
}

/** For an agent to answer. */
const ANSWER_MS = 3000;

/** Whether the directory of the state is there and answers. */
export async function seePrefix(files: PatientFiles, prefix: string): Promise<PrefixSight> {
  const seen = await files.look(prefix);
  if (!seen.ok) return seen.failure.code === "timeout" ? "silent" : "forbidden";
  if (seen.value === undefined) return "absent";
  // A link may lead to one.
  const end = seen.value.type === "symlink" ? await files.look(`${prefix}/.`) : seen;
  if (end.ok && end.value?.type !== "directory") return "no directory";
  return (await files.names(prefix)).ok ? "there" : "forbidden";
}

/** Who the lock of a prefix says holds it, where that very process runs. */
export async function seeHolder(
  files: PatientFiles,
  prefix: string,
): Promise<PrefixHolder | undefined> {
  const text = await files.text(join(prefix, "lock"));
  const said = parseJson(text.ok ? text.value : undefined);
  if (!isJsonObject(said)) return undefined;
  const { pid, started, file, since } = said;
  if (typeof pid !== "number" || typeof started !== "number" || started === 0) return undefined;
  if (readProcess(pid)?.started !== started) return undefined;
  return { pid, started, graph: String(file), sinceMs: Date.parse(String(since)) };
}

/** Asks the agent of a prefix; nothing is taken from it, and it is not waited for longer than a moment. */
export async function seeAgent(
  prefix: string,
  holder: PrefixHolder | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<AgentSight> {
  const status = await get(prefix, "/v1/status", clock, signal);
  if (status.type === "answered") {
    const cluster = await get(prefix, "/v1/cluster", clock, signal);
    const health = await get(prefix, "/healthz", clock, signal);
    return {
      type: "answers",
      status: status.object,
      cluster: cluster.type === "answered" ? cluster.object : {},
      hangs: health.type === "answered" ? errorIn(health.object) : undefined,
    };
  }
  if (status.type === "forbidden") return { type: "unseen", why: status.why };
  return holder === undefined ? { type: "none" } : { type: "silent", why: status.why };
}

/** What an agent says at its socket. */
type SocketHearing =
  | { readonly type: "answered"; readonly object: Readonly<Record<string, unknown>> }
  | { readonly type: "forbidden" | "nobody"; readonly why: string };

/** Asks for one object, and waits a moment for it. */
async function get(
  prefix: string,
  path: string,
  clock: Clock,
  signal: AbortSignal,
): Promise<SocketHearing> {
  const heard = await askAtSocket(prefix, path, { clock, signal, most: 1 });
  if (heard.type !== "answered") return heard;
  const [object] = heard.objects;
  if (object !== undefined) return { type: "answered", object };
  return { type: "nobody", why: `no answer within ${ANSWER_MS / 1000} s` };
}

/** Asks an agent for up to so many objects, one a line, and waits a moment for them. */
export async function askAtSocket(
  prefix: string,
  path: string,
  { clock, signal: outer, most }: Pick<CheckedHost, "clock" | "signal"> & { readonly most: number },
): Promise<
  | { readonly type: "answered"; readonly objects: readonly Readonly<Record<string, unknown>>[] }
  | Exclude<SocketHearing, { readonly type: "answered" }>
> {
  const { signal, abort, end } = eitherOf(outer);
  const timer = clock.after(ANSWER_MS, abort);
  try {
    const socket = controlSocketPath(prefix);
    const asked = await askSocket({ socket, method: "GET", path, signal });
    if (!asked.ok) {
      const why = signal.aborted ? `no answer within ${ANSWER_MS / 1000} s` : asked.failure.message;
      return { type: asked.failure.code === "forbidden" ? "forbidden" : "nobody", why };
    }
    using answer = asked.value;
    const objects: Readonly<Record<string, unknown>>[] = [];
    while (objects.length < most) {
      const object = parseJson(await answer.line());
      if (!isJsonObject(object)) break;
      objects.push(object);
    }
    return { type: "answered", objects };
  } finally {
    timer.cancel();
    end();
  }
}

function errorIn(object: Readonly<Record<string, unknown>>): string | undefined {
  const { error } = object;
  return isJsonObject(error) ? String(error["message"]) : undefined;
}
