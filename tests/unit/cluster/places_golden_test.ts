/**
 * Every `tests/golden/places/NAME.txt`: cases of a title, the places that hosts asked for in that order
 * (`held`: given; `gone`: not wanted any more; `spoiled`, `vague`: wish or gift cannot be read;
 * `unleased`: no host wrote it), `----` and what the leader does. With `MGMT_UPDATE_GOLDENS=1` the
 * answers are written instead of compared.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { grantedKey, wantedKey } from "../../../src/cluster/store/keys.ts";
import { electionOf } from "../../../src/cluster/leader/elections.ts";
import { placeSteps, readPlaces, semaphoresOf } from "../../../src/cluster/leader/places.ts";
import type { StoreEntry } from "../../../src/cluster/store/store.ts";
import { sizesText } from "../../../src/report/cluster_text.ts";

const DIRECTORY = new URL("../../golden/places/", import.meta.url);

function entriesOf(line: string, turn: number): StoreEntry[] {
  const [, host = "", id = "", name, size, flags = ""] =
    /^(\w+)\/(\w+) ([\w:-]+):(\d+)(.*)$/.exec(line) ?? [];
  const record = { name, size: Number(size) };
  const at = { createRevision: turn, modRevision: turn, version: 1 };
  const spoiled = (word: string, value: object) =>
    flags.includes(word) ? "{" : JSON.stringify(value);
  const wish: StoreEntry = {
    key: wantedKey(host, id),
    value: spoiled("spoiled", { ...record, resource: "svc[x]" }),
    ...at,
    ...(flags.includes("unleased") ? {} : { lease: "7" }),
  };
  const gift: StoreEntry = { key: grantedKey(host, id), value: spoiled("vague", record), ...at };
  return [
    ...(flags.includes("gone") ? [] : [wish]),
    ...(flags.includes("held") ? [gift] : []),
  ];
}

function answer(lines: readonly string[]): string {
  const places = readPlaces(lines.flatMap((line, index) => entriesOf(line, 10 + index)));
  const steps = placeSteps(places).map((step) => {
    if (step.type === "clear") return `clear ${step.entry.key}`;
    if (step.type === "take") return `take ${step.host}/${step.id}`;
    const { host, id, name, size } = step.wish;
    return `give ${host}/${id} ${name}:${size}`;
  });
  const said = semaphoresOf(places).filter(({ sizes }) => sizes.length > 0)
    .map(({ name, ...each }) => {
      const election = electionOf(name);
      return sizesText({
        ...each,
        semaphore: name,
        ...(election === undefined ? {} : { election }),
      });
    });
  return [...(steps.length === 0 ? ["nothing"] : steps), ...said.map((text) => `say: ${text}`)]
    .join("\n");
}

/** The same text with today's answers. */
function answered(text: string): string {
  return text.split(/^(?=## )/m).map((part) => {
    const [head, after] = part.split("----\n");
    if (after === undefined) return part;
    const lines = head!.split("\n").filter((line) => line !== "" && !line.startsWith("## "));
    return `${head}----\n${answer(lines)}\n\n`;
  }).join("").trimEnd() + "\n";
}

for (const { name } of Deno.readDirSync(DIRECTORY)) {
  Deno.test(`the leader gives places of the fleet: ${name}`, () => {
    const file = new URL(name, DIRECTORY);
    const text = Deno.readTextFileSync(file);
    const now = answered(text);
    if (Deno.env.get("MGMT_UPDATE_GOLDENS")) Deno.writeTextFileSync(file, now);
    else assertEquals(text, now);
  });
}
