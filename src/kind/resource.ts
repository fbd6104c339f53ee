import { sameData } from "../base/same_data.ts";
import type { SecretReference } from "../base/secret_token.ts";
import type { Result } from "../base/result.ts";
import type { ExportCause } from "./export.ts";
import type { AnyKind } from "./kind.ts";
import type { Meta } from "./meta.ts";

/** One resource of a graph: a kind, a name, and what should be true. */
export interface Resource {
  /** `kind[name]`, unique in a graph. */
  readonly key: string;
  readonly kind: AnyKind;
  readonly name: string;
  /** What the kind's `resolve` returned: plain, comparable data. */
  readonly params: unknown;
  readonly meta: Meta;
  /** Which host's export it is, where it was collected; says nothing of what should be true. */
  readonly origin?: ResourceOrigin;
  /** What the header of its file says: what it is, and where that is written at present. */
  readonly headerText?: string;
  /** The secrets that it needs, for which tokens stand in its parameters; absent: none. */
  readonly secrets?: SecretUse;
}

/** What a resource has to do with secrets. */
export interface SecretUse {
  /** Their names, sorted, each once. */
  readonly names: readonly string[];
  /** Which values they have: another number where one of them has changed. */
  readonly revision: number;
  /** It has none itself, but another resource writes them into a file that this one changes, too. */
  readonly beside?: true;
  /** The parameters with the values in place; none of these is in a failure of its own. */
  fill(valueOf: (secret: SecretReference) => Result<Uint8Array>): Result<unknown>;
}

/** Where a collected resource comes from. */
export interface ResourceOrigin {
  readonly host: string;
  /** The key of what that host exports. */
  readonly key: string;
  /** Why it was changed there last, as that host's journal has it. */
  readonly cause?: ExportCause;
}

/** The key of a resource: `kind[name]`. */
export function keyOf(kind: string, name: string): string {
  return `${kind}[${name}]`;
}

/** Whether two resources ask for the same, so that a running vertex need not be touched. */
export function sameResource(a: Resource, b: Resource): boolean {
  return a.key === b.key && a.kind === b.kind && sameData(a.params, b.params) &&
    sameData(a.meta, b.meta);
}

/** Whether they also have the same values of their secrets. */
export function sameWithSecrets(a: Resource, b: Resource): boolean {
  return a.secrets?.revision === b.secrets?.revision && sameResource(a, b);
}
