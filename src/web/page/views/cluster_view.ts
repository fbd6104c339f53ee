/**
 * How the host stands with its cluster: who is in it, who decides, what was done and why.
 *
 * @module
 */

import { h, type JSX } from "preact";
import { printable } from "../../../base/printable.ts";
import { count } from "../../../base/words.ts";
import type { ClusterSnapshot } from "../../../report/cluster_state.ts";
import type { ShownExchange } from "../model/shown.ts";
import type { PageState } from "../model/page_state.ts";
import { clockTime } from "./moment.ts";
import { EntryView } from "./entry_view.ts";

/** Entries that are shown. */
const ENTRIES = 50;

const ROLES: Readonly<Record<string, string>> = {
  none: "no part in the store",
  client: "client",
  learner: "member, still learning",
  voter: "member with a vote",
};

/** The view. */
export function clusterView({ status, entries }: PageState): JSX.Element {
  const cluster: Partial<ClusterSnapshot> = status?.cluster ?? {};
  const told = entries.filter(({ type }) => type === "cluster").slice(0, ENTRIES);
  return h(
    "section",
    { class: "view cluster", "aria-labelledby": "cluster-title" },
    h("h2", { id: "cluster-title" }, "Cluster"),
    cluster.phase === undefined && (cluster.members ?? []).length === 0
      ? h("p", { class: "empty" }, "This host has no part in a cluster.")
      : [standing(cluster), exchanged(status?.exchange), members(cluster)],
    told.length > 0 && h("h3", null, "What it did, and why"),
    told.length > 0 &&
      h(
        "ol",
        { class: "entries" },
        told.map((entry) => h(EntryView, { key: entry.id, entry, hasDate: true })),
      ),
  );
}

function standing(cluster: Partial<ClusterSnapshot>): JSX.Element {
  const { clusterId, role = "none", leader, contact, lostSinceMs, missing = [], outcast } = cluster;
  const { decided } = cluster;
  const rows: readonly (readonly [string, unknown])[] = [
    ["This host is", ROLES[role] ?? printable(`${role}`)],
    ["Decides", leader === undefined ? "nobody, as far as was heard" : name(leader)],
    [
      "Did last for all",
      decided === undefined
        ? undefined
        : [h("bdi", null, printable(`${decided.reason}`)), " (", clockTime(decided.atMs), ")"],
    ],
    [
      "Contact",
      contact === "lost"
        ? ["lost since ", clockTime(lostSinceMs ?? NaN)]
        : contact === "there"
        ? "there"
        : "not yet",
    ],
    ["Do not answer", missing.length === 0 ? undefined : missing.map(({ host }) => name(host))],
    ["Has no part because", outcast === undefined ? undefined : printable(`${outcast.message}`)],
    [
      "In plain text",
      cluster.insecure === true
        ? "other machines reach it without TLS, as the run was told"
        : undefined,
    ],
    ["Identity", clusterId === undefined ? undefined : name(clusterId)],
  ];
  return h(
    "dl",
    { class: "fields" },
    rows.filter(([, value]) => value !== undefined).flatMap(([title, value]) => [
      h("dt", null, title),
      h("dd", null, value as JSX.Element),
    ]),
  );
}

/** What the graph gives to other hosts, and takes of whom. */
function exchanged(exchange: ShownExchange | undefined): JSX.Element | null {
  if (exchange === undefined || exchange.exported + exchange.collected === 0) return null;
  const { exported, collected, hosts, from } = exchange;
  const rest = hosts - from.length;
  return h(
    "section",
    { "aria-labelledby": "exchange-title" },
    h("h3", { id: "exchange-title" }, "Exchange"),
    h(
      "dl",
      { class: "fields" },
      h("dt", null, "Gives to others"),
      h("dd", null, count(exported, "resource")),
      h("dt", null, "Takes"),
      h("dd", null, `${count(collected, "resource")} of ${count(hosts, "host")}`),
      from.map(({ host, resources }) => [
        h("dt", { key: host }, "of ", name(host)),
        h("dd", null, count(resources, "resource")),
      ]),
      rest > 0 && [h("dt", null, "of others"), h("dd", null, count(rest, "host"))],
    ),
  );
}

function members(
  { members = [], leader, missing = [] }: Partial<ClusterSnapshot>,
): JSX.Element | null {
  if (members.length === 0) return null;
  const heads = ["Host", "Part", "Addresses"];
  return h(
    "div",
    { class: "scrolls", tabIndex: 0, role: "region", "aria-labelledby": "members-title" },
    h(
      "h3",
      { id: "members-title" },
      "Members ",
      h("span", { class: "number" }, `${members.length}`),
    ),
    h(
      "table",
      null,
      h("thead", null, h("tr", null, heads.map((each) => h("th", { scope: "col" }, each)))),
      h(
        "tbody",
        null,
        members.map(({ id, host, learner, clientUrls }) =>
          h(
            "tr",
            { key: id },
            h("th", { scope: "row" }, name(host || id)),
            h(
              "td",
              null,
              [
                learner ? "learner" : "voter",
                ...(host === leader ? ["decides"] : []),
                ...(missing.some((each) => each.id === id) ? ["does not answer"] : []),
              ].join(", "),
            ),
            h("td", null, name(clientUrls.join(", "))),
          )
        ),
      ),
    ),
  );
}

function name(text: string): JSX.Element {
  return h("bdi", { class: "name" }, printable(text));
}
