/**
 * What a plan must leave as it was on a host.
 *
 * @module
 */

/** Apart from what PackageKit keeps to answer questions, and the state of the machine's own agent, which shows. */
const LOOK = `
find /etc /usr /var/lib /var/spool /srv /opt -xdev \\
  -path /var/lib/PackageKit -prune -o -path /var/lib/mgmt -prune -o -path "$PREFIX" -prune -o \\
  -printf '%p %y %m %U %G %s %C@ %l\\n' 2>/dev/null
systemctl list-units --all --full --plain --no-legend | grep -v -i packagekit
systemctl list-unit-files --no-legend
cat /proc/self/mountinfo
sysctl net.ipv4 2>/dev/null
hostname
`;

/** Every file with the time of its last change in whatever way, units, mounts, kernel values. */
export async function hostState(prefix: string): Promise<string[]> {
  const { stdout } = await new Deno.Command("sh", {
    args: ["-c", LOOK],
    env: { PREFIX: prefix, LC_ALL: "C" },
    stderr: "null",
  }).output();
  return new TextDecoder().decode(stdout).split("\n");
}

/** Lines that are in one and not in the other, at most twenty. */
export function differences(before: readonly string[], after: readonly string[]): string[] {
  const [had, has] = [new Set(before), new Set(after)];
  return [
    ...before.filter((line) => !has.has(line)).map((line) => `- ${line}`),
    ...after.filter((line) => !had.has(line)).map((line) => `+ ${line}`),
  ].slice(0, 20);
}
