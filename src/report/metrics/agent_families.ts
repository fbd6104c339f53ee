/** The metrics of the agent itself, its graph, its holds and its journal. */

import { type Family, single } from "./family.ts";

/** See the file. */
export const AGENT_FAMILIES: readonly Family[] = [
  {
    name: "mgmt_build_info",
    type: "gauge",
    labels: ["version"],
    help: "Always 1; the label is the version that runs.",
    samples: ({ snapshot: { version } }) => version === undefined ? [] : [[{ version }, 1]],
  },
  single(
    "gauge",
    "mgmt_start_time_seconds",
    "When the agent started, in seconds since 1970.",
    ({ snapshot: { startedAtMs } }) => seconds(startedAtMs),
  ),
  single(
    "gauge",
    "mgmt_progress",
    "1: the engine makes progress; 0: something hangs, as /healthz says.",
    ({ stuck }) => flag(stuck === undefined),
  ),
  single(
    "gauge",
    "mgmt_settled",
    "1: nothing is to be done, as far as is known.",
    ({ snapshot: { settled } }) => flag(settled),
  ),
  single(
    "gauge",
    "mgmt_graph_start_time_seconds",
    "Since when the graph in force is that, in seconds since 1970.",
    ({ snapshot: { graph } }) => seconds(graph?.sinceMs),
  ),
  single(
    "gauge",
    "mgmt_graph_edges",
    "Edges of the graph in force, those that were found by themselves included.",
    ({ snapshot: { graph } }) => graph?.edges,
  ),
  single(
    "gauge",
    "mgmt_graph_refused",
    "1: what is written has mistakes, and an earlier graph stays in force.",
    ({ snapshot: { refused, lastGoodOf } }) => flag(refused || lastGoodOf !== undefined),
  ),
  single(
    "counter",
    "mgmt_graphs_total",
    "Graphs that came into force.",
    ({ totals: { graphs } }) => graphs,
  ),
  single(
    "counter",
    "mgmt_graph_refusals_total",
    "How often a graph was refused for its mistakes.",
    ({ totals: { refusals } }) => refusals,
  ),
  single(
    "counter",
    "mgmt_warnings_total",
    "Warnings that the agent has given.",
    ({ totals: { warnings } }) => warnings,
  ),
  single(
    "gauge",
    "mgmt_holds",
    "Holds by operators (mgmt hold); one of all resources counts once.",
    ({ holds }) => holds,
  ),
  single(
    "gauge",
    "mgmt_journal_entries",
    "Entries of the journal.",
    ({ journal }) => journal?.entries,
  ),
  single(
    "gauge",
    "mgmt_journal_bytes",
    "Size of the journal.",
    ({ journal }) => journal?.bytes,
  ),
  single(
    "gauge",
    "mgmt_journal_limit_bytes",
    "Size from which on the oldest entries of the journal go.",
    ({ journal }) => journal?.limitBytes,
  ),
  single(
    "counter",
    "mgmt_journal_lost_total",
    "Entries of this run that could not be written to the journal.",
    ({ journal }) => journal?.lost,
  ),
  single(
    "gauge",
    "mgmt_event_readers",
    "Who reads the agent's events along (GET /v1/events).",
    ({ events }) => events?.readers,
  ),
  single(
    "counter",
    "mgmt_events_dropped_total",
    "Events that readers missed, because they took them too slowly.",
    ({ events }) => events?.dropped,
  ),
];

function flag(isTrue: boolean): number {
  return isTrue ? 1 : 0;
}

function seconds(milliseconds: number | undefined): number | undefined {
  return milliseconds === undefined ? undefined : milliseconds / 1000;
}
