/**
 * Small texts that describe what a leader sees, for the scenarios in `tests/golden/cluster/`:
 *
 * ```
 * ideal 3                      the ideal size (default 5)
 * self h1                      the host that decides (default h1)
 * member h1 voter              a member, its host live and volunteering; also: learner
 *   … unstarted nominated=12   it has not run; asked 12 s ago; stale: with an old list of members
 *   … silent=30 lag=5          no sign of life, or too far behind, for so many seconds
 *   … mute                     its host says that it runs, but it does not answer
 *   … fails=12                 its host has said for 12 s that it cannot start it
 *   … temporary                it goes with the run that made its cluster
 *   … foreign unclaimed=120    none of ours; nobody has been known to run it for 120 s
 *   … forgotten                somebody has said that it does not come back
 *   … evicted                  its host is cast out
 *   … gen=b behind cutoff      its etcd runs with these arguments, has not caught up, knows of no leader
 * host h4 volunteer            a live host; also: live (offers nothing), gone
 *   … since=5 revision=12      it has offered itself for so many seconds, at that revision of the store
 *   … at=0.0.0.0               its address is not its name
 *   … unwilling=h1             it says that h1 has its address
 *   … unfit                    its address is none that it has
 *   … domain=b backoff=20 failures=1 nominated
 * op shrink: remove h3, remove h4; backoff h4
 * rolling b h2                 members start their etcds anew, to run with b; it is the turn of h2
 * secure 1 tls agents=h4       level and goal of a cluster that becomes TLS; the members have the secret
 *   … servers=h1,h2 nobody     others have it; nobody was told yet who takes part
 *   … late=h2 tls=h4           that host has no certificate yet, or speaks TLS
 * spent h3 is back             an order to forget a member with which nothing is to be done
 * paused 3 add h4: no room     the last change failed, 3 s left, and why
 * add-refused                  etcd takes nobody in while a voter is silent
 * ```
 *
 * @module
 */

import type { LeaderAction } from "../../src/cluster/leader/action.ts";
import { after } from "../../src/cluster/leader/operation.ts";
import type { RollingRecord, SecureStage } from "../../src/cluster/store/records.ts";
import type { SecuringView, View, ViewHost, ViewMember } from "../../src/cluster/leader/view.ts";
import type {
  ChangeStep,
  MembershipChange,
  Purpose,
} from "../../src/cluster/store/membership_change.ts";

/** The moment at which scenarios are decided. */
export const NOW = 1_000_000;

/** A view that can still be changed. */
export type OpenView = { -readonly [K in keyof View]: View[K] } & {
  members: ViewMember[];
  hosts: ViewHost[];
};

/** Reads such a text. */
export function parseView(text: string): OpenView {
  const view: OpenView = { self: "h1", idealSize: 5, members: [], hosts: [], addRefused: false };
  for (const line of text.split("\n")) {
    const [word = "", name = "", ...flags] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (word === "ideal") view.idealSize = Number(name);
    else if (word === "self") view.self = name;
    else if (word === "member") view.members.push(member(name, flags));
    else if (word === "host") view.hosts.push(host(name, flags));
    else if (word === "spent") {
      view.spent = [{ memberId: `id-${name}`, why: [name, ...flags].join(" ") }];
    } else if (word === "op") view.operation = operation(line.slice(line.indexOf("op") + 3));
    else if (word === "secure") view.securing = securing(Number(name), flags, view.members);
    else if (word === "rolling") view.rolling = rolling(name, flags[0]);
    else if (word === "paused") {
      view.pausedUntil = NOW + Number(name) * 1000;
      if (flags.length > 0) view.pausedWhy = flags.join(" ");
    } else if (word === "add-refused") view.addRefused = true;
    else if (word !== "") throw new Error(`no such line in a scenario: ${line}`);
  }
  view.hosts = view.hosts.map((each) => {
    const own = view.members.find((one) => one.host === each.host && one.answers);
    return own === undefined ? each : { ...each, memberId: own.id };
  });
  for (const { host: name, evicted } of view.members) {
    if (name === undefined || view.hosts.some((each) => each.host === name)) continue;
    view.hosts.push(host(name, [evicted === true ? "live" : "volunteer"]));
  }
  return view;
}

function securing(
  level: number,
  flags: readonly string[],
  members: readonly ViewMember[],
): SecuringView {
  const names = (flag: string) => value(flags, flag)?.split(",");
  const all = members.flatMap(({ host }) => host ?? []);
  const servers = flags.includes("nobody") ? [] : names("servers") ?? all;
  const agents = names("agents") ?? [];
  const stages = new Map<string, SecureStage>();
  for (const host of [...servers, ...agents]) {
    const isTls = names("tls")?.includes(host) === true;
    stages.set(host, isTls ? "tls" : names("late")?.includes(host) === true ? "asked" : "ready");
  }
  const goal = flags.includes("plain") ? "plain" : "tls";
  return { record: { level, goal, by: "h1", servers, agents }, stages };
}

function rolling(generation: string, host: string | undefined): RollingRecord {
  const turn = host === undefined ? {} : { turn: { memberId: `id-${host}`, host } };
  return { generation, reason: `to run with ${generation}`, ...turn };
}

function member(name: string, flags: readonly string[]): ViewMember {
  const nominated = seconds(flags, "nominated");
  const silent = seconds(flags, "silent");
  const lag = seconds(flags, "lag");
  const fails = seconds(flags, "fails");
  const unclaimed = seconds(flags, "unclaimed");
  const generation = value(flags, "gen");
  return {
    id: `id-${name}`,
    host: flags.includes("foreign") ? undefined : name.replace(/'$/, ""),
    peerUrls: [`http://${value(flags, "at") ?? name}:2380`],
    learner: !flags.includes("voter"),
    ...(flags.includes("temporary") ? { temporary: true } as const : {}),
    started: !flags.includes("unstarted"),
    answers: !["unstarted", "mute", "forgotten"].some((flag) => flags.includes(flag)) &&
      silent === undefined,
    ...(silent === undefined ? {} : { silentSince: NOW - silent }),
    ...(lag === undefined ? {} : { lagSince: NOW - lag }),
    ...(fails === undefined ? {} : { failsSince: NOW - fails }),
    ...(unclaimed === undefined ? {} : { unclaimedSince: NOW - unclaimed }),
    ...(flags.includes("forgotten") ? { forgotten: true } : {}),
    ...(flags.includes("evicted") ? { evicted: true } as const : {}),
    ...(flags.includes("cutoff") ? { isCutOff: true } as const : {}),
    ...(flags.includes("behind") ? { isBehind: true } as const : {}),
    ...(generation === undefined ? {} : { generation }),
    ...(nominated === undefined
      ? {}
      : { nomination: { since: NOW - nominated, current: !flags.includes("stale") } }),
  };
}

function host(name: string, flags: readonly string[]): ViewHost {
  const backoff = seconds(flags, "backoff");
  const domain = value(flags, "domain");
  const at = value(flags, "at") ?? name;
  const unwilling = value(flags, "unwilling");
  const since = seconds(flags, "since");
  const revision = value(flags, "revision");
  return {
    host: name,
    live: !flags.includes("gone"),
    failures: (seconds(flags, "failures") ?? 0) / 1000,
    nominated: flags.includes("nominated"),
    ...(flags.includes("volunteer") ? { volunteer: { peerUrls: [`http://${at}:2380`] } } : {}),
    ...(since === undefined ? {} : { offeredSince: NOW - since }),
    ...(revision === undefined ? {} : { offerRevision: Number(revision) }),
    ...(unwilling === undefined ? {} : { unwilling: `its address is that of ${unwilling}` }),
    ...(domain === undefined ? {} : { domain }),
    ...(flags.includes("unfit") ? { unfit: "it does not have its address" } : {}),
    ...(backoff === undefined ? {} : { backoffUntil: NOW + backoff, backoffMs: backoff }),
  };
}

function value(flags: readonly string[], name: string): string | undefined {
  return flags.find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1);
}

function seconds(flags: readonly string[], name: string): number | undefined {
  const given = value(flags, name);
  return given === undefined ? undefined : Number(given) * 1000;
}

function operation(text: string): MembershipChange {
  const [, purpose, steps = "", backoff] = /^(\w+): ([^;]*)(?:; backoff (\w+))?$/.exec(
    text.trim(),
  )!;
  return {
    purpose: purpose as Purpose,
    reason: "journalled before",
    steps: steps.split(", ").map(step),
    ...(backoff === undefined ? {} : { backoff }),
  };
}

function step(text: string): ChangeStep {
  const [type, name = ""] = text.split(" ");
  if (type === "add") return { type, host: name, peerUrls: [`http://${name}:2380`] };
  return { type: type as "promote" | "remove", host: name, memberId: `id-${name}` };
}

/** Says what is done, and why. */
export function describe(action: LeaderAction): string {
  const what: Record<LeaderAction["type"], string> = {
    begin: `begin ${action.type === "begin" ? action.operation.purpose : ""}`,
    step: "step",
    end: action.type === "end" ? `end ${action.outcome}` : "",
    nominate: "nominate",
    forget: action.type === "forget" ? `forget ${action.what}` : "",
    settle: "settle",
    secure: action.type === "secure" ? `level ${action.secure.level}` : "",
    unsecure: "over",
    turn: action.type === "turn" ? `turn of ${action.rolling.turn?.host ?? "nobody"}` : "",
    none: "none",
  };
  return `${what[action.type]}: ${action.reason}`;
}

/** The view after an action that worked, in a world where whoever is asked does it at once. */
export function carryOut(view: OpenView, action: LeaderAction): OpenView {
  const members = view.members as readonly ViewMember[];
  switch (action.type) {
    case "begin":
      return { ...view, operation: action.operation };
    case "step": {
      const ids = (each: ViewMember) => each.id === "" ? { ...each, id: `id-${each.host}` } : each;
      return { ...view, members: after(action.step, members).map(ids) };
    }
    case "end": {
      const { operation: _, ...rest } = view;
      const { backoff } = action.operation;
      const hosts = view.hosts.map((each) =>
        each.host === backoff
          ? { ...each, failures: each.failures + 1, backoffUntil: NOW + 30_000, backoffMs: 30_000 }
          : each
      );
      return { ...rest, hosts };
    }
    case "nominate":
      return {
        ...view,
        members: members.map((each) =>
          each.host === action.host
            ? { ...each, started: true, answers: true, nomination: { since: NOW, current: true } }
            : each
        ),
      };
    case "forget":
      return {
        ...view,
        hosts: view.hosts.map((each) =>
          each.host === action.host ? { ...each, nominated: false, failures: 0 } : each
        ),
      };
    case "turn": {
      const { rolling: record } = action;
      const { generation, turn } = record;
      const anew = members.map((each) =>
        each.id === turn?.memberId ? { ...each, generation } : each
      );
      return { ...view, rolling: record, members: anew };
    }
    case "secure": {
      // Hosts without etcd do at once what is their part.
      const { secure: record } = action;
      const stages = new Map(view.securing?.stages);
      for (const each of record.agents) stages.set(each, record.level >= 3 ? "tls" : "ready");
      return { ...view, securing: { record, stages } };
    }
    case "unsecure": {
      const { securing: _, rolling: _rolling, ...rest } = view;
      return rest;
    }
    case "settle":
      return { ...view, spent: [] };
    case "none":
      return view;
  }
}
