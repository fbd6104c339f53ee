/** V8 cuts a text of this length or more out of another one without copying it. */
const CUT_LENGTH = 13;

/**
 * Puts copies in place of all strings in a parsed value. What the parser cuts out of a text keeps that
 * whole text in memory; so after each edit one resource that stays as it is would keep all of its file.
 */
export function ownStrings(value: unknown, seen = new Set<object>()): void {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return;
  if (seen.has(value)) return;
  seen.add(value);
  const members = value as Record<string, unknown>;
  for (const key of Object.keys(members)) {
    const member = members[key];
    if (typeof member === "string") members[key] = ownString(member);
    else ownStrings(member, seen);
  }
}

/** A cut of a text that is nobody else's. */
function ownString(text: string): string {
  return text.length < CUT_LENGTH ? text : ` ${text}`.slice(1);
}
