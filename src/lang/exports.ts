/**
 * What a graph offers to other hosts.
 *
 * @module
 */

import { LIMITS } from "../base/limits.ts";
import type { FieldIssue } from "../kind/kind.ts";
import type { Meta } from "../kind/meta.ts";
import { type Export, ExportTally, type Plain, storedExport } from "../kind/export.ts";

/** Says nothing of what the resource is. */
const NOT_OFFERED = ["name", "meta"];

/** The offer of an entry of the graph file that has been found right. */
export function offerOf(
  kind: string,
  name: string,
  entry: Readonly<Record<string, unknown>>,
  { header }: Pick<Meta, "header">,
): Export {
  const fields = Object.entries(entry).filter(([field]) => !NOT_OFFERED.includes(field));
  return {
    kind,
    name,
    fields: Object.fromEntries(fields.map(([key, value]) => [key, plain(value)])),
    ...(header === undefined ? {} : { header }),
  };
}

/** What the exporter of something sensitive should know. */
export function sensitiveOffer({ fields }: Export): FieldIssue | undefined {
  if (fields["sensitive"] !== true) return undefined;
  return {
    path: ["sensitive"],
    message: "it is exported: all hosts of the cluster can read it, and it travels as plain text",
    hint: "what is secret is better brought to each host by itself",
  };
}

/** As long as the id of any host. */
const SOME_HOST = "0".repeat(32);

/** Sees to it that what a graph exports can be. */
export class ExportSizes {
  readonly #tally = new ExportTally();
  #saidOver = false;

  /** Why an offer is not exported at all; undefined: it is, or that has been said. */
  problem(offer: Export): { readonly message: string; readonly hint: string } | undefined {
    const { length } = storedExport(SOME_HOST, offer);
    if (length > LIMITS.exportedBytes) {
      const message =
        `it is not exported: it has ${length} bytes, more than ${LIMITS.exportedBytes}`;
      return { message, hint: "make it smaller, or let the hosts fetch it" };
    }
    const why = this.#tally.add(length);
    if (why === undefined || this.#saidOver) return undefined;
    this.#saidOver = true;
    const hint = "put what belongs together into one resource, or let the hosts fetch it";
    return { message: `it is not exported, nor is any after it: ${why}`, hint };
  }
}

function plain(value: unknown): Plain {
  if (value instanceof Uint8Array) {
    return { bytes: btoa(Array.from(value, (byte) => String.fromCharCode(byte)).join("")) };
  }
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === "object" && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, plain(each)]));
  }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? value
    : null;
}
