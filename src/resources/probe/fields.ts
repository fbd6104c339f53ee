/**
 * The fields of a probe.
 *
 * @module
 */

import { array, gte, int, lte, maxLength, minLength, number, regex, string, union } from "zod/mini";
import { defineFields, type FieldsOf } from "../../kind/schema.ts";
import { commandText } from "../shared/field_parts.ts";

export const DEFAULTS = { interval: 10, timeout: 5, failures: 1, successes: 1, status: "2xx" };

const SHORTEST_SECONDS = 0.1;
const DAY_SECONDS = 86_400;

const seconds = number().check(gte(SHORTEST_SECONDS), lte(DAY_SECONDS));
const times = int().check(gte(1), lte(1000));
const oneStatus = union([int().check(gte(100), lte(599)), string().check(regex(/^[1-5]xx$/))]);

export const PROBE_FIELDS = defineFields({
  tcp: {
    type: commandText,
    typeText: "HOST:PORT, for instance localhost:5432 or [::1]:80",
    summary: "healthy if a connection can be made",
  },
  http: {
    type: commandText,
    typeText: "a URL",
    summary: "healthy if the page is there; redirections are not followed, proxies not used",
  },
  status: {
    type: union([oneStatus, array(oneStatus).check(minLength(1), maxLength(100))]),
    typeText: "a status like 204, or 2xx for all of a kind, or a list of these",
    summary: "with http: what it has to answer with",
    defaultText: DEFAULTS.status,
  },
  contains: {
    type: commandText,
    typeText: "text",
    summary: "with http: what the page has to contain, in its first MiB",
  },
  command: {
    type: commandText,
    typeText: "text",
    summary:
      "healthy if it exits with 0; it should only look; without a shell it is split on blanks, as in exec",
  },
  shell: {
    type: commandText,
    typeText: "a program, for instance /bin/sh",
    summary: "with command: runs it as `SHELL -c COMMAND`",
  },
  interval: {
    type: seconds,
    typeText: `seconds, at least ${SHORTEST_SECONDS}`,
    summary: "the pause from one probe to the next, healthy or not",
    defaultText: `${DEFAULTS.interval}`,
  },
  timeout: {
    type: seconds,
    typeText: `seconds, at least ${SHORTEST_SECONDS}`,
    summary: "what takes longer has failed",
    defaultText: `${DEFAULTS.timeout}`,
  },
  failures: {
    type: times,
    typeText: "a whole number from 1",
    summary:
      "so many in a row make what was healthy unhealthy; the first probe of all counts alone",
    defaultText: `${DEFAULTS.failures}`,
  },
  successes: {
    type: times,
    typeText: "a whole number from 1",
    summary: "so many in a row make what was unhealthy healthy",
    defaultText: `${DEFAULTS.successes}`,
  },
});

/** What a graph file says of one probe. */
export type ProbeFields = FieldsOf<typeof PROBE_FIELDS>;
