/**
 * The notices as one text, in which each text stands once.
 *
 * @module
 */

import type { Component } from "./components.ts";

/** What goes into the text. */
export interface Notices {
  readonly deno: string;
  /** What must be said of the Deno runtime. */
  readonly runtime: string;
  readonly crates: readonly string[];
  readonly packages: readonly Component[];
  /** Without them there is no etcd inside. */
  readonly modules: readonly Component[];
}

const RULE = "=".repeat(80);
const WIDTH = 78;

/** The whole text. */
export function noticesText({ deno, runtime, crates, packages, modules }: Notices): string {
  const parts = [
    `This program contains the Deno runtime ${deno}, ${
      modules.length === 0 ? "" : `etcd with ${modules.length - 1} Go modules, `
    }and parts of ${packages.length} npm packages.\n`,
    section(`The Deno runtime ${deno}`, runtime.trim()),
    section(
      "Rust crates that the Deno runtime names",
      `Their notices are in the packages of these names and versions, and all that it is built of is in the\n` +
        `file Cargo.lock of the sources of Deno ${deno}.\n\n${filled(crates)}`,
    ),
    ...sections("npm packages", packages),
    ...sections("etcd, its Go modules and Go", modules),
  ];
  return parts.join("\n");
}

/** Components with the same texts together. */
function sections(title: string, components: readonly Component[]): string[] {
  const byTexts = new Map<string, Component[]>();
  for (const component of components) {
    const texts = component.texts.map((text) => text.replaceAll("\r\n", "\n").trim()).join("\n\n");
    const same = texts.replace(/\s+/g, " ");
    const known = [...byTexts.keys()].find((other) => other.replace(/\s+/g, " ") === same);
    byTexts.set(known ?? texts, [...byTexts.get(known ?? texts) ?? [], component]);
  }
  return [...byTexts].map(([texts, those]) =>
    section(
      `${title}:\n${those.map(({ name, version }) => `${name} ${version}`).join("\n")}`,
      texts,
    )
  );
}

function section(title: string, text: string): string {
  return `${RULE}\n${title}\n${RULE}\n\n${text}\n`;
}

function filled(words: readonly string[]): string {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + word.length + 2 <= WIDTH) {
      lines[lines.length - 1] = `${last}, ${word}`;
    } else lines.push(word);
  }
  return lines.join(",\n");
}
