import { h, type JSX } from "preact";
import { printable } from "../../../base/printable.ts";

/** Names longer than this are cut in lists: the end says most of a path. */
const LONGEST = 120;

/** Kind and name of a resource; whatever a name holds, it is text, and moves nothing beside it. */
export function resourceName(
  { kind, name }: { readonly kind: string; readonly name: string },
  longest = LONGEST,
): JSX.Element {
  return h(
    "span",
    { class: "resource-name" },
    h("span", { class: "kind" }, printable(kind)),
    " ",
    h("bdi", { class: "name" }, cut(printable(name), longest)),
  );
}

/** The beginning and the end of what is too long. */
export function cut(text: string, longest: number): string {
  if (text.length <= longest) return text;
  const tail = Math.floor((longest - 1) * 0.65);
  return `${text.slice(0, longest - 1 - tail)}…${text.slice(text.length - tail)}`;
}
