/**
 * A graph file as a type, made from what the kinds, the meta-parameters and the language say of it.
 *
 * @module
 */

import type { CollectFields } from "../../lang/collect.ts";
import type { EdgeFields } from "../../lang/edges.ts";
import type { OnlyFields } from "../../lang/only.ts";
import type { ValuesFields } from "../../lang/values/layers.ts";
import type { WhenFields } from "../../lang/values/when.ts";
import type { KindName, ResourceFields } from "../../resources/registry.ts";

/** What a graph file may say. */
export interface GraphFields {
  readonly graph: string;
  readonly comment?: string;
  /** The hosts that it is for. */
  readonly only?: OnlyFields;
  readonly values?: ValuesFields;
  readonly resources?: {
    readonly [Name in KindName]?:
      readonly (ResourceFields<Name> & { readonly when?: WhenFields })[];
  };
  readonly edges?: readonly EdgeFields<KindName>[];
  readonly collect?: readonly ({ readonly kind: KindName } & CollectFields)[];
}
