/**
 * The files that a browser loads.
 *
 * @module
 */

/** Files of the page by name, as texts. */
export type PageFiles = Readonly<Record<string, string>>;

/** The one that is shown at `/`. */
export const INDEX = "index.html";

const TYPES: Readonly<Record<string, string>> = {
  html: "text/html; charset=utf-8",
  css: "text/css; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  svg: "image/svg+xml",
};

/** The type of a file by its name; undefined: there are no such files in a page. */
export function assetType(name: string): string | undefined {
  const ending = /^[a-z_]+\.([a-z]+)$/.exec(name)?.[1] ?? "";
  return Object.hasOwn(TYPES, ending) ? TYPES[ending] : undefined;
}
