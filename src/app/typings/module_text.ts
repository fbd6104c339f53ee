/**
 * `mgmt.d.ts`: the module "mgmt" as programs see it, made from what the kinds, the meta-parameters and the language
 * say of their fields.
 *
 * @module
 */

import { enum as oneOf } from "zod/mini";
import { type FactEntry, FACTS } from "../../facts/fact_table.ts";
import type { AnyKind } from "../../kind/kind.ts";
import { META_FIELDS } from "../../kind/meta.ts";
import type { FieldSchemas } from "../../kind/schema.ts";
import { COLLECT_FIELDS } from "../../lang/collect.ts";
import { EDGE_WORDS } from "../../program/surface.ts";
import { KINDS } from "../../resources/registry.ts";
import { capital, docText, interfaceText, sentence } from "./field_text.ts";
import { FIXED_TEXT } from "./fixed_text.ts";

/** What the first line begins with. */
const FIRST_WORDS = '// The module "mgmt" of mgmt';
const NOTE = "// Made from the kinds that it knows; `mgmt types` makes it anew.";

/** What edges are called; where a kind has a field of that name, it is the field. */
const EDGES = Object.keys(EDGE_WORDS);

/** The whole text; `version` is that of the program that makes it. */
export function moduleText(version: string): string {
  const kinds = Object.values<AnyKind>(KINDS);
  return [
    `${FIRST_WORDS} ${version}.\n${NOTE}`,
    FIXED_TEXT.trim(),
    `/** The kinds of resources. */\nexport type KindName = ${
      union(kinds.map(({ kind }) => kind))
    };`,
    hostFactsText(),
    interfaceText("Meta", "How a resource is handled, whatever its kind.", META_FIELDS),
    ...kinds.flatMap((kind) => [fieldsText(kind), functionText(kind)]),
    interfaceText(
      "CollectEntry",
      "What is taken of what other hosts export.",
      collectFields(),
      { base: `Pick<Common, ${union(EDGES)}>` },
    ),
    [
      docText("Takes resources that other hosts export; edges to it are edges to all of them."),
      "export function collect(entry: CollectEntry): Collection;",
    ].join("\n"),
  ].join("\n\n") + "\n";
}

/** Whether a text is the module, of whatever version. */
export function isModuleText(text: string): boolean {
  return text.startsWith(FIRST_WORDS);
}

/** Whether two such texts declare the same, of whatever versions they are. */
export function sameDeclarations(one: string, other: string): boolean {
  const rest = (text: string) => text.slice(text.indexOf("\n"));
  return rest(one) === rest(other);
}

function fieldsText({ kind, summary, fields }: AnyKind): string {
  const taken = EDGES.filter((word) => Object.hasOwn(fields, word));
  const base = taken.length === 0 ? "Common" : `Omit<Common, ${union(taken)}>`;
  return interfaceText(`${capital(kind)}Fields`, `What is said of ${summary}.`, fields, {
    base,
  });
}

/** What a reference of a kind has besides. */
const TOLD: Readonly<Record<string, string>> = {
  exec: " & { readonly output: string }",
  probe: " & { readonly healthy: boolean }",
};

function functionText({ kind, summary, fields }: AnyKind): string {
  const mark = Object.values(fields).some(({ required }) => required === true) ? "" : "?";
  return [
    docText(sentence(summary)),
    `export function ${kind}(name: string, fields${mark}: ${
      capital(kind)
    }Fields): Reference<"${kind}">${TOLD[kind] ?? ""};`,
  ].join("\n");
}

/** What is true of a host: facts that each has, and what people say of it. */
function hostFactsText(): string {
  const facts = Object.entries<FactEntry>(FACTS).flatMap(([name, { summary, type }]) => [
    docText(sentence(summary), "  "),
    `  readonly ${name}: ${type};`,
  ]);
  return [
    docText(
      "What is true of a host. Own facts, of the files below /etc/mgmt/facts.d, are made known where they are used: " +
        '`declare module "mgmt" { interface HostFacts { readonly rack?: string } }`.',
    ),
    "export interface HostFacts {",
    ...facts,
    docText("What people say of it: --label, and the files below /etc/mgmt/labels.d.", "  "),
    "  readonly labels: { readonly [name: string]: string | undefined };",
    "}",
  ].join("\n");
}

/** With the kind; programs name entries by what collect returns. */
function collectFields(): FieldSchemas {
  const { id: _, ...fields } = COLLECT_FIELDS;
  const kind = {
    type: oneOf(Object.keys(KINDS) as [string, ...string[]]),
    typeText: "a kind",
    summary: "of which kind",
    required: true,
  };
  return { kind, ...fields };
}

function union(words: readonly string[]): string {
  return words.map((word) => JSON.stringify(word)).join(" | ");
}
