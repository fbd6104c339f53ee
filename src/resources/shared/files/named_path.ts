import type { ResolveContext } from "../../../kind/kind.ts";
import { checkPath } from "./path.ts";

/** The path that the field `path` says, or the name; mistakes are recorded in the context. */
export function namedPath(
  text: string | undefined,
  { name, issue }: Pick<ResolveContext, "name" | "issue">,
): { readonly path: string; readonly slash: boolean } {
  if (text === undefined && !name.startsWith("/")) {
    issue({
      path: ["path"],
      message: "path is missing",
      hint: "write path, or use an absolute path as the name",
    });
    return { path: "/", slash: false };
  }
  const checked = checkPath(text ?? name);
  if (checked.ok) return checked;
  const hint = checked.hint === undefined ? {} : { hint: checked.hint };
  issue({ path: ["path"], message: `path ${checked.message}`, ...hint });
  return { path: "/", slash: false };
}
