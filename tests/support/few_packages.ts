/**
 * A host with few packages: what dpkg and apt take grows with what is installed, and a machine on which
 * software is made has hundreds that no test asks for. Only their entries go, and only on a test host.
 *
 * @module
 */

const STATUS = "/var/lib/dpkg/status";
const TRIGGERS = "/var/lib/dpkg/triggers/File";
/** What stays, with all it needs, beside what is essential. */
const WANTED = ["apt", "dbus", "debconf", "packagekit", "polkitd", "systemd"];

/** Makes dpkg forget all packages that neither Debian nor these tests need. */
export async function forgetMostPackages(): Promise<void> {
  if (Deno.env.get("MGMT_ON_TEST_HOST") !== "1") {
    throw new Error("most packages are only forgotten on a test host");
  }
  const stanzas = (await Deno.readTextFile(STATUS)).split("\n\n").filter((text) => text !== "");
  const required = stanzas.filter((text) => /^(Essential: yes|Priority: required)$/m.test(text));
  const kept = withNeeds([...required.map((text) => field(text, "Package")), ...WANTED], stanzas);
  const left = stanzas.filter((text) => kept.has(field(text, "Package")));
  await Deno.writeTextFile(STATUS, left.map((text) => `${text}\n\n`).join(""));
  const interests = (await Deno.readTextFile(TRIGGERS)).split("\n").filter((line) =>
    line === "" || kept.has(/ ([^:/]+)/.exec(line)?.[1] ?? "")
  );
  await Deno.writeTextFile(TRIGGERS, interests.join("\n"));
}

/** These names and all that they need, whichever of several would do. */
function withNeeds(names: readonly string[], stanzas: readonly string[]): ReadonlySet<string> {
  const needs = new Map<string, string[]>();
  const add = (name: string, more: readonly string[]) =>
    needs.set(name, [...needs.get(name) ?? [], ...more]);
  for (const text of stanzas) {
    const name = field(text, "Package");
    add(name, ["Depends", "Pre-Depends"].flatMap((each) => namesIn(field(text, each))));
    for (const offered of namesIn(field(text, "Provides"))) add(offered, [name]);
  }
  const kept = new Set<string>();
  const left = [...names];
  for (let name = left.pop(); name !== undefined; name = left.pop()) {
    if (kept.has(name)) continue;
    kept.add(name);
    left.push(...needs.get(name) ?? []);
  }
  return kept;
}

/** `a (>= 1) | b, c:any`: a, b, c. */
function namesIn(relation: string): string[] {
  return relation.split(/[,|]/).flatMap((each) => /^\s*([^\s:(]+)/.exec(each)?.[1] ?? []);
}

function field(stanza: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, "m").exec(stanza)?.[1] ?? "";
}
