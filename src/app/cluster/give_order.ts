/**
 * Gives an order to the running agent of a prefix, and waits for what it says.
 *
 * @module
 */

import { fail, type Failure, failure, ok, type Result } from "../../base/result.ts";
import { createLocalHost } from "../../host/local.ts";
import type { Clock } from "../../os/clock.ts";
import type { StateDirectory } from "../../os/state/state_directory.ts";
import { takeStateLock } from "../../os/state/state_lock.ts";
import {
  type AgentCommand,
  type CommandStatus,
  ORDER,
  ordersDirectory,
  readOrder,
  readSaid,
  SAID,
} from "./orders.ts";
import type { Destination } from "../../cluster/admin/move.ts";
import { trustByHand } from "../graph/graph_trust.ts";
import { unsafePrefix } from "../prefix_trust.ts";
import { readClusterStatus } from "../../cluster/admin/cluster_status.ts";
import { MOST_MEMBERS } from "../../cluster/leader/sizing.ts";
import {
  clusterPlace,
  noCluster,
  type PlaceFlags,
  placePrefix,
  withStore,
} from "./cluster_place.ts";

/** What is to be said meanwhile, and how long is waited. */
export interface OrderOptions {
  readonly waitMs: number;
  /** Where to leave for. */
  readonly join?: Destination;
  readonly say: (text: string) => void;
}

/** What a host is to do in its cluster. */
export type CommandRequest = "volunteer" | "volunteer-not" | "leave";

/** Time for an agent to take an order up. */
const TAKE_UP_MS = 5000;
/** Between two looks whether an offer is needed. */
const LOOK_MS = 500;
/** For the cluster to say how it is; what is ordered does not depend on it. */
const SURVEY_MS = 2000;

/** Gives the order; the result is what the agent said in the end. */
export async function sendCommand(
  given: PlaceFlags,
  wish: CommandRequest,
  options: OrderOptions,
): Promise<Result<string>> {
  const prefix = placePrefix(given);
  if (!prefix.ok) return prefix;
  const unsafe = await unsafePrefix(prefix.value, trustByHand());
  if (unsafe !== undefined) return { ok: false, failure: unsafe };
  const host = createLocalHost({ prefix: undefined, warn: () => {} });
  try {
    const absent = await noAgent(prefix.value, host.clock);
    if (absent !== undefined) return { ok: false, failure: absent };
    const directory = ordersDirectory(prefix.value);
    const before = readOrder(directory.read(ORDER));
    const { join } = options;
    if (before?.left === true && wish === "leave" && join === undefined) {
      return ok("has left its cluster before");
    }
    const order: AgentCommand = {
      id: host.random.hex(8),
      volunteer: wish === "leave" ? before?.volunteer !== false : wish === "volunteer",
      leave: wish === "leave",
      ...(join === undefined ? {} : { join }),
    };
    const answers = new CommandAnswers(host, directory, order);
    const survivedBefore = wish === "volunteer-not" ? await mayFailNow(given) : undefined;
    const written = directory.write(ORDER, JSON.stringify(order), order.id);
    if (!written.ok) return written;
    const unneeded = wish === "volunteer" ? (name: string) => isUnneeded(given, name) : undefined;
    const heard = await listen(answers, host.clock, options, unneeded);
    if (heard.ok && survivedBefore !== undefined) {
      return ok(heard.value + lossText(survivedBefore, await mayFailNow(given)));
    }
    // Nobody heard it: it must not come true when an agent joins a cluster some day.
    const isSilent = !heard.ok && heard.failure.code === "silent";
    if (wish === "leave" && isSilent && readOrder(directory.read(ORDER))?.id === order.id) {
      if (before === undefined) directory.remove(ORDER);
      else directory.write(ORDER, JSON.stringify(before));
    }
    // Whoever offers something has done so, also when nobody needs it.
    const isOffer = wish === "volunteer" && !heard.ok && heard.failure.code === "offered";
    return isOffer ? ok("the offer stands; nobody needs it so far") : heard;
  } finally {
    await host.close();
  }
}

/** How many failures the cluster survives now; undefined: it does not say. */
async function mayFailNow(given: PlaceFlags): Promise<number | undefined> {
  const place = clusterPlace({ ...given, environment: () => undefined });
  if (!place.ok) return undefined;
  const fleet = await withStore(place.value, (store) => readClusterStatus(store, SURVEY_MS));
  return fleet.ok ? fleet.value.mayFail : undefined;
}

function lossText(before: number, now: number | undefined): string {
  if (now === undefined || now >= before) return "";
  return `; the cluster survives the loss of ${now === 0 ? "none" : now} now, before: ${before}`;
}

/** Two may say the same at once; the agent answers the later one. */
function wishTheSame(one: AgentCommand, other: AgentCommand): boolean {
  const isSameWay = one.join?.urls.join() === other.join?.urls.join();
  return one.leave === other.leave && isSameWay &&
    (one.leave || one.volunteer === other.volunteer);
}

/** Why there is no agent that could be told anything. */
async function noAgent(prefix: string, clock: Clock): Promise<Failure | undefined> {
  const texts = ordersDirectory(prefix).readAll();
  if (!texts.ok) return texts.failure;
  if (!texts.value.has(SAID)) return failure(...noCluster(prefix, { seeds: false }));
  const lock = await takeStateLock(prefix, "a command", clock);
  // Whoever may not even try is told so.
  if (!lock.ok) return lock.failure.code === "locked" ? undefined : lock.failure;
  lock.value.close();
  return failure(`no agent runs with ${prefix}`, {
    code: "no-agent",
    hint: "start it (mgmt run …) and say it again; or name another with --prefix or --hostname",
  });
}

/** Whether the offer of that host has come to the cluster, which has all the members that it wants. */
async function isUnneeded(given: PlaceFlags, name: string): Promise<boolean> {
  const place = clusterPlace({ ...given, environment: () => undefined });
  if (!place.ok) return false;
  const fleet = await withStore(place.value, (store) => readClusterStatus(store, SURVEY_MS));
  if (!fleet.ok) return false;
  const { hosts, idealSize = Infinity } = fleet.value;
  const members = hosts.filter(({ role }) => role !== "client");
  return members.length >= Math.min(idealSize, MOST_MEMBERS) &&
    members.every(({ answers }) => answers) &&
    hosts.some(({ host, role, volunteers }) => host === name && role === "client" && volunteers);
}

/** `unneeded` says of a host that offers itself whether it need not wait until it is asked. */
async function listen(
  answers: CommandAnswers,
  clock: Clock,
  { waitMs, say }: OrderOptions,
  unneeded?: (host: string) => Promise<boolean>,
): Promise<Result<string>> {
  const endMs = clock.nowMs() + waitMs;
  const takenUpBy = clock.nowMs() + TAKE_UP_MS;
  let last = "";
  try {
    await answers.begin();
    for (;;) {
      const said = answers.read();
      if (said?.state === "done") return ok(`${said.host} ${said.text}`);
      if (said?.state === "refused") return refused(said);
      const other = answers.otherOrder();
      if (other !== undefined) return overruled(other);
      const text = said === undefined ? "" : `${said.host} ${said.text}`;
      if (text !== "" && text !== last) say(last = text);
      const isOffer = said?.offered === true && unneeded !== undefined;
      if (isOffer && await unneeded(said.host)) return late(said);
      const leftMs = (said === undefined ? takenUpBy : endMs) - clock.nowMs();
      if (leftMs <= 0) return said === undefined ? silent() : late(said);
      await answers.next(isOffer ? Math.min(leftMs, LOOK_MS) : leftMs);
    }
  } finally {
    answers.end();
  }
}

function refused({ host, text, hint }: CommandStatus): Result<never> {
  return fail(`${host} stays as it is: ${text}`, { ...(hint && { hint }), code: "refused" });
}

function silent(): Result<never> {
  return fail("the agent does not take the order up", {
    code: "silent",
    hint: "does it take part in a cluster (mgmt run --hostname …)? It obeys when it does",
  });
}

function overruled({ leave, volunteer }: AgentCommand): Result<never> {
  const other = leave ? "leave" : `volunteer ${volunteer ? "on" : "off"}`;
  return fail(`another order came after this one and counts: mgmt ${other}`, {
    code: "overruled",
    hint: "give the order again if it is to count",
  });
}

/** The order stays in force. */
function late({ host, text, offered }: CommandStatus): Result<never> {
  return fail(`not done within --wait, and the agent goes on: ${host} ${text}`, {
    code: offered === true ? "offered" : "late",
    hint: "mgmt cluster status says what the leader waits for; wait longer with --wait",
  });
}

/** What the agent says of an order from now on, or of a later one that wishes the same. */
class CommandAnswers {
  readonly #host: ReturnType<typeof createLocalHost>;
  readonly #directory: StateDirectory;
  readonly #order: AgentCommand;
  readonly #ids: Set<string>;
  #watch: { close(): void } | undefined;
  #changed = new AbortController();

  constructor(
    host: ReturnType<typeof createLocalHost>,
    directory: StateDirectory,
    order: AgentCommand,
  ) {
    this.#host = host;
    this.#directory = directory;
    this.#order = order;
    this.#ids = new Set([order.id]);
  }

  read(): CommandStatus | undefined {
    this.otherOrder();
    const said = readSaid(this.#directory.read(SAID));
    return said?.order !== undefined && this.#ids.has(said.order) ? said : undefined;
  }

  /** The order in force that wishes something else. */
  otherOrder(): AgentCommand | undefined {
    const inForce = readOrder(this.#directory.read(ORDER));
    if (inForce === undefined || this.#ids.has(inForce.id)) return undefined;
    if (!wishTheSame(inForce, this.#order)) return inForce;
    this.#ids.add(inForce.id);
    return undefined;
  }

  async begin(): Promise<void> {
    const { watcher } = this.#host;
    const changed = () => this.#changed.abort();
    this.#watch = watcher.watch({ path: `${this.#directory.path}/${SAID}`, tree: false, changed });
    await watcher.settle();
  }

  /** Resolves when there may be something else, at the latest after that time. */
  async next(limitMs: number): Promise<void> {
    await this.#host.clock.sleep(limitMs, this.#changed.signal);
    this.#changed = new AbortController();
  }

  end(): void {
    this.#watch?.close();
  }
}
