import { label } from "../../base/words.ts";
import { fail, ok, type Result } from "../../base/result.ts";
import { keyOf } from "../../kind/resource.ts";
import { stateDirectory } from "../../os/state/state_directory.ts";
import { managedDirectory, parseRecord, thingOf } from "./managed_record.ts";

/** Names in a message. */
const NAMED = 5;

/** A resource, and what it is about. */
interface About {
  readonly key: string;
  readonly identity: string;
}

/**
 * The key of the one resource that is about this, a path for instance: who looks at a file knows where it
 * is, and not how its resource is called. Undefined: there is none. The code of a failure is `which`.
 */
export function keyAbout(word: string, among: Iterable<About>): Result<string> | undefined {
  const wanted = plain(word);
  const keys = new Set<string>();
  for (const { key, identity } of among) if (plain(identity) === wanted) keys.add(key);
  const [first] = keys;
  if (first === undefined) return undefined;
  if (keys.size === 1) return ok(first);
  return fail(`which ${word}? There are ${[...keys].slice(0, NAMED).map(label).join(", ")}`, {
    code: "which",
  });
}

/** The same among what runs with a prefix manage, else among what they did. */
export function managedKeyAbout(word: string, prefix: string): Result<string> | undefined {
  const texts = stateDirectory(managedDirectory(prefix)).readAll();
  if (!texts.ok) return undefined;
  const records = [...texts.value.values()].map(parseRecord).filter((record) =>
    record !== undefined
  );
  const entries = records.flatMap((record) => record.entries);
  const managed = new Set(entries.map(thingOf));
  const left = records.flatMap((record) => record.orphans)
    .filter((orphan) => !managed.has(thingOf(orphan)));
  return keyAbout(word, entries.map(withKey)) ?? keyAbout(word, left.map(withKey));
}

function withKey(
  { kind, name, identity }: { readonly kind: string; readonly name: string } & Omit<About, "key">,
): About {
  return { key: keyOf(kind, name), identity };
}

/** `/srv` and `/srv/` are one directory. */
function plain(identity: string): string {
  return identity.replace(/(?<=.)\/+$/, "");
}
