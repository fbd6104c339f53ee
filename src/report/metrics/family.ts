import type { Histogram } from "./histogram.ts";
import type { MetricsSource } from "./source.ts";

/** One value of a metric: its labels, and what it is. */
export type Sample<Value = number> = readonly [Readonly<Record<string, string>>, Value];

interface FamilyName {
  readonly name: string;
  readonly help: string;
  /** The names of its labels, for the documentation. */
  readonly labels?: readonly string[];
}

/** A metric: what it is called, and its values; none: there is nothing to be said of it now. */
export type Family =
  | FamilyName & {
    readonly type: "gauge" | "counter" | "untyped";
    samples(source: MetricsSource): Iterable<Sample>;
  }
  | FamilyName & {
    readonly type: "histogram";
    samples(source: MetricsSource): Iterable<Sample<Histogram>>;
  };

/** A metric of one value, without labels. */
export function single(
  type: "gauge" | "counter",
  name: string,
  help: string,
  value: (source: MetricsSource) => number | undefined,
): Family {
  return {
    ...{ name, type, help },
    samples: (source) => {
      const found = value(source);
      return found === undefined ? [] : [[{}, found]];
    },
  };
}
