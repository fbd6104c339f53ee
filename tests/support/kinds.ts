/**
 * The kinds, by where their examples can be tried.
 *
 * @module
 */

import { registry } from "../../src/resources/registry.ts";

/** The kinds that can be run. */
const KINDS = [...registry.values()].filter((kind) => kind.unavailable === undefined);

/** The kinds whose examples can be tried on any machine: none that has not said so. */
export const harmlessKinds = KINDS.filter(({ changesHost }) => changesHost === false);

/** The kinds whose examples need a host of their own. */
export const hostKinds = KINDS.filter(({ changesHost }) => changesHost !== false);
