/**
 * The kinds. A new one is one import and one line here.
 *
 * @module
 */

import type { AnyKind, Registry } from "../kind/kind.ts";
import file from "./file.ts";
import noop from "./noop.ts";
import pkg from "./pkg.ts";
import svc from "./svc.ts";

const KINDS: readonly AnyKind[] = [
  file,
  noop,
  svc,
  pkg,
];

/** The kinds by name. */
export const registry: Registry = new Map(KINDS.map((kind) => [kind.kind, kind]));
