/** The metrics of resources and of what was done with them. */

import type { Family, Sample } from "./family.ts";
import type { KindSnapshot } from "../kind_counts.ts";
import { type KindTotals, PASS } from "./totals.ts";
import type { MetricsSource } from "./source.ts";

const resources = (source: MetricsSource): readonly Sample[] =>
  eachKind(source, ({ resources }) => [[{}, resources]]);

/** See the file. */
export const RESOURCE_FAMILIES: readonly Family[] = [
  {
    name: "mgmt_resources",
    type: "gauge",
    labels: ["kind"],
    help: "Resources of the graph in force.",
    samples: resources,
  },
  {
    name: "mgmt_resources_total",
    // The name says that it is a counter, which it is not.
    type: "untyped",
    labels: ["kind"],
    help: "The same as mgmt_resources, by the name that mgmt in Go documents.",
    samples: resources,
  },
  {
    name: "mgmt_resource_states",
    type: "gauge",
    labels: ["kind", "state"],
    help:
      "Resources of the graph in force by how they are: ok, failed, blocked, contested, held, " +
      "would-change, aborted, unchecked.",
    samples: (source) =>
      eachKind(
        source,
        ({ states }) => Object.entries(states).map(([state, count]) => [{ state }, count]),
      ),
  },
  {
    name: "mgmt_resources_compliant",
    type: "gauge",
    labels: ["kind"],
    help: "Resources that are as they should be, and needed no change since the agent started.",
    samples: (source) => eachKind(source, ({ compliant }) => [[{}, compliant]]),
  },
  {
    name: "mgmt_checkapply_total",
    type: "counter",
    labels: ["kind", "apply", "eventful", "errorful"],
    help:
      "Looks at resources. apply: it might change something; eventful: there was something to " +
      "change; errorful: it failed.",
    samples: (source) => eachTotal(source, passes),
  },
  {
    name: "mgmt_failures_total",
    type: "counter",
    labels: ["kind", "failure"],
    help: "Failures. soft: it is tried again by itself; hard: it is not.",
    samples: (source) =>
      eachTotal(source, ({ soft, hard }) => [[{ failure: "soft" }, soft], [
        { failure: "hard" },
        hard,
      ]]),
  },
  {
    name: "mgmt_changes_total",
    type: "counter",
    labels: ["kind", "cause"],
    help:
      "Changes of this host by why they were made: event (something was seen to change), poll, " +
      "start, graph, dependency, refresh, and so on.",
    samples: (source) =>
      eachTotal(source, ({ changes }) => [...changes].map(([cause, count]) => [{ cause }, count])),
  },
  {
    name: "mgmt_contested_total",
    type: "counter",
    labels: ["kind"],
    help:
      "How often a resource was left alone for a while because somebody else keeps changing it.",
    samples: (source) => eachTotal(source, ({ contested }) => [[{}, contested]]),
  },
  {
    name: "mgmt_heal_seconds",
    type: "histogram",
    labels: ["kind"],
    help: "From the moment that something was heard of until it was as it should be again.",
    samples: (source) => eachTotal(source, ({ heals }) => heals === undefined ? [] : [[{}, heals]]),
  },
];

function passes({ passes }: KindTotals): readonly Sample[] {
  return [...passes].flatMap((count, end): Sample[] => {
    const labels = Object.entries(PASS).map(([label, part]) => [label, String((end & part) !== 0)]);
    return count === 0 ? [] : [[Object.fromEntries(labels), count]];
  });
}

function eachKind(
  { snapshot: { kinds } }: MetricsSource,
  samples: (kind: KindSnapshot) => readonly Sample[],
): readonly Sample[] {
  return withKinds(kinds(), samples);
}

function eachTotal<Value>(
  { totals: { kinds } }: MetricsSource,
  samples: (kind: KindTotals) => readonly Sample<Value>[],
): readonly Sample<Value>[] {
  return withKinds(kinds, samples);
}

function withKinds<Of, Value>(
  kinds: ReadonlyMap<string, Of>,
  samples: (of: Of) => readonly Sample<Value>[],
): readonly Sample<Value>[] {
  return [...kinds].flatMap(([kind, of]) =>
    samples(of).map(([labels, value]): Sample<Value> => [{ kind, ...labels }, value])
  );
}
