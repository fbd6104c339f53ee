import { didYouMean } from "../base/nearest.ts";
import type { Registry } from "../kind/kind.ts";
import { shown } from "./describe.ts";

/** What other tools call the kinds. */
const OTHER_WORDS: Readonly<Record<string, string>> = {
  service: "svc",
  systemd: "svc",
  package: "pkg",
  command: "exec",
  cmd: "exec",
  run: "exec",
  directory: "file",
  symlink: "file",
  link: "file",
  cron: "timer",
  interval: "timer",
};

/** What is said of a kind that is not in the registry. */
export function unknownKind(kind: string, registry: Registry): { message: string; hint: string } {
  const other = Object.hasOwn(OTHER_WORDS, kind.toLowerCase())
    ? OTHER_WORDS[kind.toLowerCase()]
    : undefined;
  const hint = other !== undefined && registry.has(other)
    ? `did you mean "${other}"?`
    : didYouMean(kind, registry.keys()) ?? `the kinds are: ${[...registry.keys()].join(", ")}`;
  return { message: `there is no kind ${shown(kind)}`, hint };
}

/** `a file resource`, `an exec resource`. */
export function resourceOf(kind: string): string {
  return `${/^[aeiou]/.test(kind) ? "an" : "a"} ${kind} resource`;
}
