/**
 * What plans must leave as it was on a host, by content: each entry of /etc, /usr and /var/lib with its
 * attributes and the hash of its bytes, and the states of all units.
 *
 * @module
 */

/** Apart from what PackageKit keeps to answer questions, and where agents keep their state. */
const APART = [/^\/var\/lib\/PackageKit(\/|$)/, /^\/var\/lib\/mgmt(\/|$)/, /packagekit/i];

const LOOK = `
find /etc /usr /var/lib -xdev -printf '%p %y %m %U %G %s %T@ %l\\n' 2>/dev/null
find /etc /usr /var/lib -xdev -type f -print0 2>/dev/null | xargs -0 -n 500 sha256sum 2>/dev/null
systemctl list-units --all --full --plain --no-legend
systemctl list-unit-files --no-legend
`;

/** Everything of that, in lines. */
export async function hostContent(): Promise<ReadonlySet<string>> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", LOOK],
    env: { LC_ALL: "C" },
    stderr: "null",
  }).output();
  const lines = new TextDecoder().decode(stdout).split("\n");
  return new Set(lines.filter((line) => !APART.some((part) => part.test(pathOf(line)))));
}

/** Of a line with a hash the path behind it. */
function pathOf(line: string): string {
  return line.replace(/^[0-9a-f]{64} {2}/, "");
}

/** Lines that are in one and not in the other. */
export function changesBetween(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): readonly string[] {
  return [
    ...[...before].filter((line) => !after.has(line)).map((line) => `- ${line}`),
    ...[...after].filter((line) => !before.has(line)).map((line) => `+ ${line}`),
  ];
}
