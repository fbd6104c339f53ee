/**
 * The inputs: trees of small files, and graphs and policies that want them so.
 *
 * @module
 */

import { ensureDirSync } from "@std/fs";
import { dirname, join } from "node:path";

export interface SmallFile {
  readonly path: string;
  readonly content: string;
}

/** `count` small files below `directory`, `perDirectory` of them in each directory of it. */
export function smallFiles(directory: string, count: number, perDirectory: number): SmallFile[] {
  return Array.from({ length: count }, (_, i) => ({
    path: join(directory, `d${Math.floor(i / perDirectory)}`, `f${i}`),
    content: `# file ${i}\nlisten = 127.0.0.1:${1024 + i}\nworkers = 4\n`,
  }));
}

export function writeFiles(files: readonly SmallFile[]): void {
  for (const { path, content } of files) {
    ensureDirSync(dirname(path));
    Deno.writeTextFileSync(path, content, { mode: 0o644 });
  }
}

/** Graph of files with the content they should have. */
export function fileGraph(files: readonly SmallFile[]): string {
  const items = files.map(({ path, content }, i) =>
    `  - name: file${i}\n    path: "${path}"\n    content: |\n` +
    content.trimEnd().split("\n").map((line) => `      ${line}\n`).join("")
  );
  return `graph: files\nresources:\n  file:\n${items.join("")}`;
}

export const EMPTY_GRAPH = "graph: empty\nresources: {}\n";

/** Noops in layers; each but those of the last layer has an edge to one of the next. */
export function noopGraph(layers: number, width: number): string {
  const name = (layer: number, i: number) => `n${layer}_${i}`;
  const nodes: string[] = [];
  const edges: string[] = [];
  for (let layer = 0; layer < layers; layer++) {
    for (let i = 0; i < width; i++) {
      nodes.push(`  - name: ${name(layer, i)}\n`);
      if (layer + 1 === layers) continue;
      const from = `{kind: noop, name: ${name(layer, i)}}`;
      const to = `{kind: noop, name: ${name(layer + 1, (i * 7 + 1) % width)}}`;
      edges.push(`- name: e${layer}_${i}\n  from: ${from}\n  to: ${to}\n`);
    }
  }
  return `graph: noops\nresources:\n  noop:\n${nodes.join("")}edges:\n${edges.join("")}`;
}

/** Policy of CFEngine 3 for the same files, with the attribute `content` (since 3.16). */
export function cfengineContent(files: readonly SmallFile[]): string {
  const promises = files.map(({ path, content }) =>
    `    "${path}" create => "true", content => "${content}";\n`
  );
  return `bundle agent main\n{\n  files:\n${promises.join("")}}\n`;
}

/** The same by editing lines, as CFEngine's standard library does it. */
export function cfengineEditLine(files: readonly SmallFile[]): string {
  const promises = files.map(({ path, content }) =>
    `    "${path}" create => "true", edit_defaults => from_nothing, ` +
    `edit_line => lines("${content.trimEnd()}");\n`
  );
  return `body edit_defaults from_nothing
{
  empty_file_before_editing => "true";
  edit_backup => "false";
}
bundle edit_line lines(text)
{
  insert_lines:
    "$(text)" insert_type => "preserve_block";
}
bundle agent main\n{\n  files:\n${promises.join("")}}\n`;
}

/** Manifest of Puppet for the same files. */
export function puppetManifest(files: readonly SmallFile[]): string {
  return files.map(({ path, content }) =>
    `file { '${path}':\n  ensure  => file,\n  content => '${content}',\n}\n`
  ).join("");
}

/** Playbook of Ansible for the same files, one task each as in the others. (JSON is YAML.) */
export function ansiblePlaybook(files: readonly SmallFile[]): string {
  const tasks = files.map(({ path, content }) => ({
    "ansible.builtin.copy": { dest: path, content },
  }));
  return JSON.stringify([{ hosts: "localhost", gather_facts: false, tasks }]);
}
