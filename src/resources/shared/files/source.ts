/**
 * Looking at what is named as a source, also through links.
 *
 * @module
 */

import { chainOk } from "../../../base/chain.ts";
import { LIMITS } from "../../../base/limits.ts";
import { fail, ok } from "../../../base/result.ts";
import type { Awaitable, Result } from "../../../base/result.ts";
import type { Sight } from "../../../os/files/files.ts";
import type { KindContext } from "../../../kind/kind.ts";
import { resolvePath } from "./path.ts";

/** Links that lead from one to the next, as in the kernel. */
const LINKS = 40;

/**
 * Looks at a source; links to it are followed, as its author may arrange it so. Another user's link
 * leads only to what belongs to that user, too: he may not read all that the agent may.
 */
export function lookAtSource(
  source: string,
  context: KindContext,
  way: SourceWay = { links: 0 },
): Awaitable<Result<{ readonly path: string; readonly sight: Sight }>> {
  const options = { contentUpToBytes: LIMITS.syncReadBytes, signal: context.signal };
  return chainOk(context.host.files.look(source, options), (sight) => {
    const astray = ledAstray(source, sight, way);
    if (astray !== undefined) return astray;
    if (sight.type !== "symlink") return ok({ path: source, sight });
    if (way.links >= LINKS) return fail(`the source ${source} is a link that leads nowhere`);
    const { uid } = sight.stat;
    const isTrusted = uid === 0 || uid === context.host.users.own;
    return lookAtSource(resolvePath(sight.directory, sight.target), context, {
      links: way.links + 1,
      ...(isTrusted ? {} : { foreign: { link: source, uid } }),
    });
  });
}

/** How a source was reached. */
interface SourceWay {
  readonly links: number;
  /** The link that led here, if another user's. */
  readonly foreign?: { readonly link: string; readonly uid: number };
}

function ledAstray(
  path: string,
  sight: Sight,
  { foreign }: SourceWay,
): Result<never> | undefined {
  if (foreign === undefined || sight.type === "absent" || sight.stat.uid === foreign.uid) return;
  const { link, uid } = foreign;
  return fail(
    `${link} is a link of user ${uid} to ${path}, which belongs to user ${sight.stat.uid}`,
    {
      code: "untrusted-link",
      hint: "look at who made it and why; if that is what you want, name the real path",
    },
  );
}
