/**
 * For which resource a command runs that this program has started: for whoever sees what the command does.
 *
 * @module
 */

const owners = new Map<number, string>();

/** Remembers it for as long as the command runs; the result forgets it. */
export function ownCommand(pid: number, resource: string | undefined): () => void {
  if (resource === undefined) return () => {};
  owners.set(pid, resource);
  return () => void owners.delete(pid);
}

/** The key of that resource, by the command's own process or the session that it leads. */
export function resourceOfCommand(pid: number, session: number): string | undefined {
  return owners.get(pid) ?? owners.get(session);
}
