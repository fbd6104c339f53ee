import { edgesFrom, edgesTo } from "./graph.ts";
import type { Edge, Graph } from "./graph.ts";

/** Deeper vertices are continued further down, so that lines stay readable and output linear. */
const DEPTH_MAX = 24;

interface TreeItem {
  readonly key: string;
  /** What stands before the key, and before the lines below it. */
  readonly lead: string;
  /** What stands behind the key. */
  readonly reason: string;
  readonly indent: string;
  readonly depth: number;
}

/**
 * The graph as an indented text: below a vertex what comes after it (`─>` with notify, `╌` by an
 * automatic edge, with the reason). A vertex that several others lead to is shown in full once, and
 * as `(see above)` elsewhere.
 */
export function renderTree(graph: Graph<unknown>): string {
  const outgoing = edgesFrom(graph);
  const incoming = edgesTo(graph);
  const lines = [printable(graph.name)];
  const roots = [...graph.vertices.keys()].filter((key) => !incoming.has(key));
  const seen = new Set<string>();
  const cut: string[] = [];
  const stack: TreeItem[] = children(
    roots.map((to) => ({ name: "", to, notify: false })),
    { indent: "", depth: -1 },
  );
  while (stack.length > 0 || cut.length > 0) {
    const item = stack.pop() ?? continued(cut.shift()!);
    const after = outgoing.get(item.key) ?? [];
    const known = seen.has(item.key);
    const tooDeep = item.depth >= DEPTH_MAX && after.length > 0 && !known;
    const note = tooDeep ? " (continued below)" : known && after.length > 0 ? " (see above)" : "";
    lines.push(item.lead + printable(item.key) + item.reason + note);
    if (known) continue;
    if (tooDeep) {
      cut.push(item.key);
      continue;
    }
    seen.add(item.key);
    for (const child of children(after, item)) stack.push(child);
  }
  lines.push("");
  return lines.join("\n");
}

/** What stands below a vertex, last first, as a stack wants it. */
function children(
  edges: readonly Omit<Edge, "from">[],
  { indent, depth }: Pick<TreeItem, "indent" | "depth">,
): TreeItem[] {
  return edges.map(({ name, to, notify, automatic }, index) => {
    const last = index === edges.length - 1;
    return {
      key: to,
      lead: indent + (last ? "└" : "├") + (automatic ? "╌" : "─") + (notify ? "> " : " "),
      reason: automatic ? ` (${printable(name)})` : "",
      indent: indent + (last ? "   " : "│  "),
      depth: depth + 1,
    };
  }).reverse();
}

function continued(key: string): TreeItem {
  return { key, lead: "… ", reason: "", indent: "  ", depth: 0 };
}

function printable(text: string): string {
  // deno-lint-ignore no-control-regex -- exactly those must not reach the terminal
  return text.replace(/[\x00-\x1f\x7f-\x9f]/g, "�");
}
