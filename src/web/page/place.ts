/**
 * Where in the page one is: a view, and the resource that is looked at. It stands behind the `#` of the address, so
 * that going back and links work as everywhere.
 *
 * @module
 */

/** The views, in the order of the navigation. */
const VIEWS = ["resources", "graph", "plan", "timeline", "cluster"] as const;

/** One of the views. */
export type PageView = typeof VIEWS[number];

/** Where one is. */
export interface PagePlace {
  readonly view: PageView;
  /** The key of the resource whose panel is open. */
  readonly key: string | undefined;
}

/** Reads what stands behind the `#`; whatever it is, it is a place. */
export function readPlace(hash: string): PagePlace {
  const [word = "", encoded] = hash.replace(/^#/, "").split("/");
  const view = VIEWS.find((each) => each === word) ?? "resources";
  return { view, key: encoded === undefined ? undefined : decoded(encoded) };
}

/** The other way round. */
export function placeHash({ view, key }: PagePlace): string {
  return key === undefined ? `#${view}` : `#${view}/${encodeURIComponent(key)}`;
}

function decoded(text: string): string | undefined {
  try {
    const key = decodeURIComponent(text);
    return key === "" ? undefined : key;
  } catch {
    return undefined;
  }
}
