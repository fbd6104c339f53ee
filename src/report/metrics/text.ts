/**
 * The text format of Prometheus, version 0.0.4.
 *
 * @module
 */

import { AGENT_FAMILIES } from "./agent_families.ts";
import { CLUSTER_FAMILIES } from "./cluster_families.ts";
import type { Family, Sample } from "./family.ts";
import { BOUNDS_SECONDS, type Histogram } from "./histogram.ts";
import { RESOURCE_FAMILIES } from "./resource_families.ts";
import type { MetricsSource } from "./source.ts";

/** All metrics, in the order in which they are written. */
export const FAMILIES: readonly Family[] = [
  ...AGENT_FAMILIES,
  ...RESOURCE_FAMILIES,
  ...CLUSTER_FAMILIES,
];

/** All metrics that there is something to be said of; each line has its line break. */
export function metricsText(source: MetricsSource): string {
  return FAMILIES.map((family) => {
    const lines = samplesOf(family, source);
    if (lines.length === 0) return "";
    const { name, type, help } = family;
    const text = help.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
    return `# HELP ${name} ${text}\n# TYPE ${name} ${type}\n${lines.join("")}`;
  }).join("");
}

function samplesOf(family: Family, source: MetricsSource): readonly string[] {
  const { name } = family;
  if (family.type !== "histogram") {
    return [...family.samples(source)].map(([labels, value]) => line(name, labels, value));
  }
  return [...family.samples(source)].flatMap((sample) => histogramLines(name, sample));
}

/** Each class with all that are lower, as the format wants it. */
function histogramLines(name: string, [labels, histogram]: Sample<Histogram>): readonly string[] {
  const { counts, sumSeconds, count } = histogram;
  let below = 0;
  const classes = [...BOUNDS_SECONDS, Infinity].map((bound, at) => {
    below += counts[at]!;
    return line(`${name}_bucket`, { ...labels, le: numberText(bound) }, below);
  });
  return [
    ...classes,
    line(`${name}_sum`, labels, sumSeconds),
    line(`${name}_count`, labels, count),
  ];
}

function line(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const said = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${said.length === 0 ? "" : `{${said.join(",")}}`} ${numberText(value)}\n`;
}

function escaped(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll('"', '\\"');
}

function numberText(value: number): string {
  if (value === Infinity) return "+Inf";
  return value === -Infinity ? "-Inf" : String(value);
}
