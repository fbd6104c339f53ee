import type { AnyKind, FieldIssue } from "../kind/kind.ts";
import type { Meta } from "../kind/meta.ts";

/** What not every resource can have of what all may say. */
export function metaMistakes(
  { header, reverse }: Meta,
  { kind, headed, undo }: Pick<AnyKind, "kind" | "headed" | "undo">,
  hasSecrets: boolean,
): readonly FieldIssue[] {
  const mistakes: FieldIssue[] = [];
  if (header !== undefined && !headed) {
    mistakes.push({ path: ["meta", "header"], message: "header is for the content of files" });
  }
  if (reverse && (undo === undefined || hasSecrets)) {
    const what = hasSecrets ? "holds a secret" : `${kind} does`;
    const message = `what ${what} cannot be taken back`;
    mistakes.push({ path: ["meta", "reverse"], message, hint: "leave reverse out" });
  }
  return mistakes;
}
