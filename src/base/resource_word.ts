/**
 * What a user's word for a resource means: its key (`file[/x]`, `File[/x]`), its name where only one has
 * it, or what it is about. The one place that decides it, whoever knows the resources.
 *
 * @module
 */

import { nearest } from "./nearest.ts";
import { fail, ok, type Result } from "./result.ts";
import { label, nameOf } from "./words.ts";

/** Resources that a word may mean. */
export interface NamedResources {
  has(key: string): boolean;
  /** Keys of those with exactly this name. */
  named(name: string): readonly string[];
  /** Keys of those that are about it, a path for instance. */
  about(what: string): readonly string[];
  /** Keys among which the one that was meant is looked for. */
  near(): Iterable<string>;
}

/** Names in a message. */
const NAMED = 5;

/** The key; the code of a failure is `unknown-resource` or `which`. `unknown`: what is said where nobody has it. */
export function meantKey(
  word: string,
  known: NamedResources,
  unknown: (said: string) => string = (said) => `nothing is known of ${said}`,
): Result<string> {
  const key = word.charAt(0).toLowerCase() + word.slice(1);
  for (const each of [key, word]) if (known.has(each)) return ok(each);
  for (const find of [(name: string) => known.named(name), (what: string) => known.about(what)]) {
    const found = [...new Set(find(word))];
    if (found.length > 1) {
      return fail(`which ${word}? There are ${found.slice(0, NAMED).map(label).join(", ")}`, {
        code: "which",
      });
    }
    if (found[0] !== undefined) return ok(found[0]);
  }
  const hint = nearHint(word, key, known);
  return fail(unknown(saidWord(word)), {
    code: "unknown-resource",
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A key as messages have it; another word as it was said. */
export function saidWord(word: string): string {
  return word.includes("[") ? label(word) : word;
}

function nearHint(word: string, key: string, known: NamedResources): string | undefined {
  if (key.includes("[")) {
    const near = nearest(key, known.near());
    return near === undefined ? undefined : `did you mean ${label(near)}?`;
  }
  const names = [...new Set([...known.near()].map(nameOf))];
  // Whoever says `web.conf` means `/etc/web.conf`, where there is only one.
  const ends = names.filter((name) => name.replace(/\/$/, "").endsWith(`/${word}`));
  const near = ends.length > 0 ? ends.slice(0, NAMED).join(" or ") : nearest(word, names);
  return near === undefined ? undefined : `did you mean ${near}?`;
}

/** Resources as a list; `identity`: what each is about. */
export function namedResources(
  list: () => readonly { readonly key: string; readonly identity?: string }[],
): NamedResources {
  let known: ReturnType<typeof list> | undefined;
  const all = () => known ??= list();
  const keysOf = (isMeant: (each: { key: string; identity?: string }) => boolean) =>
    all().filter(isMeant).map(({ key }) => key);
  return {
    has: (key) => all().some((each) => each.key === key),
    named: (name) => keysOf(({ key }) => nameOf(key) === name),
    about: (what) =>
      keysOf(({ identity }) => identity !== undefined && plain(identity) === plain(what)),
    near: () => all().map(({ key }) => key),
  };
}

/** What any of them know; of what one is about, the first that knows somebody counts. */
export function eitherNamed(...each: readonly NamedResources[]): NamedResources {
  return {
    has: (key) => each.some((known) => known.has(key)),
    named: (name) => each.flatMap((known) => known.named(name)),
    about: (what) => each.map((known) => known.about(what)).find((keys) => keys.length > 0) ?? [],
    near: () => each.flatMap((known) => [...known.near()]),
  };
}

/** `/srv` and `/srv/` are one directory. */
function plain(identity: string): string {
  return identity.replace(/(?<=.)\/+$/, "");
}
