/** The mode of home directories where /etc/login.defs names none: nobody else's business. */
const DEFAULT_MODE = 0o700;

/** The mode of new home directories, from the text of /etc/login.defs. */
export function parseHomeMode(text: string): number {
  const [, mode] = /^\s*HOME_MODE\s+([0-7]{3,4})\s*$/m.exec(text) ?? [];
  if (mode !== undefined) return parseInt(mode, 8);
  const [, mask] = /^\s*UMASK\s+([0-7]{3,4})\s*$/m.exec(text) ?? [];
  return mask === undefined ? DEFAULT_MODE : 0o777 & ~parseInt(mask, 8);
}
