/**
 * What stands in a bundle for a bug report.
 *
 * @module
 */

import { isJsonObject } from "../../../base/json.ts";
import { LIMITS } from "../../../base/limits.ts";
import { ARCHITECTURE, buildLine } from "../../../os/build.ts";
import { environmentNames } from "../../../os/environment.ts";
import { journalPath } from "../../journal/journal_path.ts";
import { askAtSocket, type CheckedHost } from "../checked_host.ts";
import type { AreaReport } from "../examine.ts";
import { reportObject } from "../report_text.ts";
import { ABOUT } from "./about.ts";
import { codeWord, kindWord, listedFields, maskedArguments, ResourceNumbers } from "./masking.ts";
import type { ArchivedText } from "./tar.ts";

/** Entries of the journal. */
const HISTORY_MOST = 500;
/** Findings whose sentences name what belongs to the graph or to secrets. */
const NOT_SAID: ReadonlySet<string> = new Set(["agent-hangs", "secrets-open", "graph-refused"]);

/** Gathers it. */
export async function bundleContents(
  host: CheckedHost,
  reports: readonly AreaReport[],
): Promise<readonly ArchivedText[]> {
  const numbers = new ResourceNumbers();
  const said = reports.map((report) => ({
    ...report,
    findings: report.findings.map((finding) =>
      NOT_SAID.has(finding.code) ? { code: finding.code, message: "(left out)" } : finding
    ),
  }));
  const graph = await graphObject(host, numbers);
  return [
    { name: "README.txt", text: ABOUT },
    file("doctor.json", reportObject(said, host)),
    file("host.json", hostObject(host)),
    file("limits.json", limitsObject(host)),
    file("agent.json", agentObject(host)),
    file("graph.json", graph),
    file("history.json", await historyObject(host, numbers)),
  ];
}

function file(name: string, object: object): ArchivedText {
  return { name, text: `${JSON.stringify(object, undefined, 2)}\n` };
}

function hostObject({ machine, uid, clock, prefixSight }: CheckedHost): object {
  const read = (path: string) => {
    const text = machine.text(path);
    return text.ok ? text.value.trim() : null;
  };
  const release = read("/etc/os-release") ?? "";
  const field = (name: string) =>
    new RegExp(`^${name}="?([A-Za-z0-9._-]*)"?$`, "m").exec(release)?.[1] ?? null;
  return {
    mgmt: buildLine(),
    time: clock.wall().toISOString(),
    kernel: read("/proc/sys/kernel/osrelease"),
    architecture: ARCHITECTURE,
    distribution: field("ID"),
    release: field("VERSION_ID"),
    firstProcess: read("/proc/1/comm"),
    isRoot: uid === 0,
    prefix: prefixSight,
  };
}

function limitsObject({ machine, holder, mounts, prefix }: CheckedHost): object {
  const number = (path: string) => {
    const text = machine.text(path);
    return text.ok ? Number(text.value) : null;
  };
  const limits = machine.text(`/proc/${holder?.pid ?? "self"}/limits`);
  const inotify = ["max_user_watches", "max_user_instances", "max_queued_events"];
  return {
    inotify: Object.fromEntries(
      inotify.map((name) => [name, number(`/proc/sys/fs/inotify/${name}`)]),
    ),
    process: limits.ok ? limits.value.trim().split("\n") : [],
    mounts: ["/", "/etc", "/var", "/tmp", "/run", prefix].flatMap((path) => {
      const found = mounts.findLast(({ point }) => point === path);
      if (found === undefined) return [];
      const options = found.options.filter((each) => /^(ro|rw|noexec|nosuid|nodev)$/.test(each));
      return [{ point: path === prefix ? "prefix" : path, type: found.type, options }];
    }),
  };
}

function agentObject({ agent, holder, machine }: CheckedHost): object {
  const line = holder === undefined ? undefined : machine.text(`/proc/${holder.pid}/cmdline`);
  const common = {
    sight: agent.type,
    arguments: line?.ok ? maskedArguments(line.value) : null,
    // Their names; no value.
    environment: environmentNames().filter((name) => /^MGMT_[A-Z_]+$/.test(name)).sort(),
  };
  if (agent.type !== "answers") return common;
  const { status, cluster } = agent;
  const { graph, resources, working, waiting, held } = status;
  const lengthOf = (list: unknown) => Array.isArray(list) ? list.length : null;
  return {
    ...common,
    status: {
      ...listedFields(status, [
        ..."pid phase version startedAtMs refused settled convergedAtMs exitCode".split(" "),
      ]),
      graph: isJsonObject(graph) ? listedFields(graph, ["vertices", "edges", "sinceMs"]) : null,
      resources: isJsonObject(resources) ? listedFields(resources, Object.keys(resources)) : null,
      working: lengthOf(working),
      waiting: lengthOf(waiting),
      held: lengthOf(held),
    },
    cluster: {
      ...listedFields(cluster, ["phase", "role", "contact", "lostSinceMs", "insecure"]),
      members: lengthOf(cluster["members"]),
      outcast: codeWord(cluster["outcast"]) ?? null,
    },
  };
}

/** Kinds with the states of their resources, and which of those failed with which code. */
async function graphObject(host: CheckedHost, numbers: ResourceNumbers): Promise<object> {
  const { prefix, clock, signal, agent } = host;
  if (agent.type !== "answers") return { known: false };
  const asked = await askAtSocket(prefix, "/v1/resources", {
    clock,
    signal,
    most: LIMITS.vertices,
  });
  if (asked.type !== "answered") return { known: false };
  const kinds: Record<string, Record<string, number>> = {};
  const failed: object[] = [];
  for (const each of asked.objects) {
    if (typeof each["key"] !== "string") continue;
    const { key, failure } = each;
    const state = String(listedFields(each, ["state"])["state"] ?? "other");
    const counts = kinds[kindWord(key)] ??= {};
    counts[state] = (counts[state] ?? 0) + 1;
    if (failure !== undefined) {
      failed.push({ resource: numbers.of(key), state, code: codeWord(failure) ?? null });
    }
  }
  return { known: true, kinds, failed };
}

/** What happened, without a word of what it was about. */
async function historyObject(host: CheckedHost, numbers: ResourceNumbers): Promise<object> {
  if (host.prefixSight !== "there") return { known: false };
  const { openToRead } = await import("../../../journal/database.ts");
  const { JournalReader } = await import("../../../journal/reader.ts");
  const opened = openToRead(journalPath(host.prefix));
  if (!opened.ok) return { known: false, code: codeWord(opened.failure) ?? null };
  try {
    const { entries, isCut } = new JournalReader(opened.value).history({ limit: HISTORY_MOST });
    return {
      known: true,
      isCut,
      entries: entries.map(({ id, atMs, type, key, failure, ...detail }) => ({
        id,
        time: new Date(atMs).toISOString(),
        type,
        ...(key === undefined ? {} : { resource: numbers.of(key) }),
        ...(failure === undefined ? {} : { failed: codeWord(failure) ?? null }),
        ...listedFields(
          detail as Readonly<Record<string, unknown>>,
          "tookMs times retryMs pauseMs exitCode version what count noop".split(" "),
        ),
      })),
    };
  } catch {
    return { known: false };
  } finally {
    opened.value.close();
  }
}
