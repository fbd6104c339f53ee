/** The unit of systemd in what /proc/PID/cgroup says, the innermost one; undefined: none. */
export function unitOf(cgroups: string): string | undefined {
  // Where there are both sorts of groups, only one of the two has units.
  return cgroups.split("\n").filter((line) => /^(0:|\d+:name=systemd:)/.test(line))
    .map((line) => line.split("/").findLast((each) => UNIT.test(each)))
    .find((unit) => unit !== undefined);
}

/** The terminal in what /proc/PID/stat says, for instance `pts/3`; undefined: none. */
export function terminalName(stat: string): string | undefined {
  const number = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[4]);
  if (!Number.isSafeInteger(number) || number === 0) return undefined;
  const major = (number >>> 8) & 0xfff;
  const minor = (number & 0xff) | ((number >>> 12) & 0xfff00);
  if (major >= FIRST_PTS && major < FIRST_PTS + PTS_MAJORS) {
    return `pts/${(major - FIRST_PTS) * MINORS + minor}`;
  }
  if (major !== TTY) return `${major}:${minor}`;
  return minor < FIRST_SERIAL ? `tty${minor}` : `ttyS${minor - FIRST_SERIAL}`;
}

const UNIT = /\.(service|scope|socket|mount|swap)$/;
const TTY = 4;
const FIRST_SERIAL = 64;
const FIRST_PTS = 136;
const PTS_MAJORS = 8;
const MINORS = 256;
