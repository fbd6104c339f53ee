/**
 * Writes the tables of docs/reference.md: they are made from the kinds and the commands.
 *
 * Usage: scripts/deno run -A scripts/reference.ts
 *
 * @module
 */

import { defaultTextOf, type Flag } from "../src/app/flags.ts";
import { COMMANDS } from "../src/cli/commands/registry.ts";
import { EXIT_CODES, flagUsage } from "../src/cli/help.ts";
import type { AnyKind } from "../src/kind/kind.ts";
import { META_FIELDS } from "../src/kind/meta.ts";
import type { FieldSchema } from "../src/kind/schema.ts";
import { registry } from "../src/resources/registry.ts";

const BEGIN = "<!-- reference:begin -->";
const END = "<!-- reference:end -->";

/** The text with the reference as it must be. */
export function withReference(text: string): string {
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`docs/reference.md lacks ${BEGIN} or ${END}`);
  return `${text.slice(0, begin + BEGIN.length)}\n${reference()}${text.slice(end)}`;
}

/** All tables, as Markdown. */
function reference(): string {
  return [
    ...[...registry.values()].map(kindSection),
    section(
      "Meta-parameters",
      "Every resource may have them, as a map in its field `meta`.",
      fieldTable(META_FIELDS),
    ),
    ...COMMANDS.map((command) =>
      section(
        `\`mgmt ${command.name}\``,
        `${capital(command.summary)}.${
          command.short === undefined ? "" : ` \`mgmt ${command.short}\` is the same.`
        }`,
        command.flags.length === 0 ? "" : flagTable(command.flags),
      )
    ),
    section("Exit codes", "", table(["code", "meaning"], EXIT_CODES)),
  ].join("");
}

function kindSection({ kind, summary, fields }: AnyKind): string {
  const none = Object.keys(fields).length === 0;
  return section(`Kind \`${kind}\``, `${capital(summary)}.`, none ? "" : fieldTable(fields));
}

function section(title: string, text: string, content: string): string {
  const parts = [`### ${title}`, text, content].filter((part) => part !== "");
  return `\n${parts.join("\n\n")}\n`;
}

function fieldTable(fields: Readonly<Record<string, FieldSchema>>): string {
  return table(
    ["field", "value", "meaning", "default"],
    Object.entries(fields).map(([name, { typeText, summary, defaultText, required }]) => [
      `\`${name}\``,
      typeText,
      capital(summary),
      required === true ? "must be given" : defaultText ?? "",
    ]),
  );
}

function flagTable(flags: readonly Flag[]): string {
  return table(
    ["flag", "meaning", "default", "environment"],
    flags.map((flag) => [
      `\`${flagUsage(flag)}\``,
      capital(flag.summary),
      defaultTextOf(flag) ?? "",
      flag.environment === undefined ? "" : `\`${flag.environment}\``,
    ]),
  );
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`.replaceAll("  |", " |");
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

if (import.meta.main) {
  const path = new URL("../docs/reference.md", import.meta.url);
  Deno.writeTextFileSync(path, withReference(Deno.readTextFileSync(path)));
}
