/**
 * What can go wrong with the files that a service runs, long after it was installed.
 *
 * @module
 */

import { wayTo } from "../../os/files/file_way.ts";
import { judge, openingsOf, trustAsService } from "../graph/graph_trust.ts";

/** Places that are empty after the next start of the host. */
const SHORT_LIVED = ["/tmp", "/var/tmp", "/run", "/dev"];
/** Places that may not be there, or be somebody else's to tidy, when the host starts. */
const PERSONAL = ["/home", "/root"];

/** Says what to know before a service runs `path` (absolute) as root; nothing: all is well. */
export async function serviceDangers(path: string): Promise<string[]> {
  const dangers: string[] = [];
  const isBelow = (place: string) => path.startsWith(`${place}/`);
  const lost = SHORT_LIVED.find(isBelow);
  if (lost !== undefined) {
    dangers.push(`${path} may be gone after a restart of the host, as all in ${lost}`);
  }
  const home = PERSONAL.find(isBelow);
  if (home !== undefined) {
    dangers.push(`${path} is in a home directory, which may not be there when the host starts`);
  }
  const way = await wayTo(path);
  const rule = trustAsService();
  const isOpen = way.ok &&
    judge(await openingsOf(way.value, { isListed: true }), rule) !== undefined;
  if (isOpen) {
    dangers.push(`${path} can be changed by others than root, who then decide what root runs`);
  }
  return dangers;
}
