/**
 * The words in which kinds say what their resources give to others and want from others, so that
 * edges are found by themselves (`lang/autoedge/autoedge.ts`) and no kind knows another.
 *
 * @module
 */

/**
 * What a resource sees to; whoever needs it comes after:
 *
 * - `path:/etc/motd`: the entry at this path,
 * - `tree:/srv/data`: the entry and all that is below it (a mount, a directory that is copied),
 * - `package:nginx`: a package, and so the paths and units that are the package's,
 * - `unit:backup.timer`: a unit of systemd, with its suffix,
 * - `user:www-data`, `group:www-data`: a name, and where it is known `user:33`, the number, too.
 *
 * Paths are absolute, normalised, and without a slash at the end.
 */
export type Provided = `${"path" | "tree" | "package" | "unit" | "user" | "group"}:${string}`;

/**
 * What must be there before a resource; what nothing in the graph provides is not waited for:
 *
 * - `within:/etc/nginx/nginx.conf`: the nearest entry above this path that is managed,
 * - `package-of:/etc/nginx/nginx.conf`: the package that owns this path,
 * - `path:/etc/hosts`: the entry itself, or the tree that holds it,
 * - `entries-of:/etc/rules.d`: what is managed directly in it,
 * - `unit:nginx.service`: the unit, its file, its drop-ins, or the package that it comes with,
 * - `package:nfs-common`, `user:www-data`, `group:www-data`: exactly this.
 */
export type Needed =
  | `${"within" | "package-of" | "path" | "entries-of" | "unit"}:${string}`
  | `${"package" | "user" | "group"}:${string}`;

/** What a resource gives and needs. */
export interface Relations {
  /**
   * A path whose entry it sees to, as files do: in short for `path:` (provided), `within:` and
   * `package-of:` (needed). Of these a graph has ten thousands, so they are not made into words.
   */
  readonly entry?: string;
  readonly provides?: readonly Provided[];
  readonly needs?: readonly Needed[];
  /**
   * True where the resource sees to it that something is not there (absent, uninstalled, stopped).
   * Among such the order is the other way round: what is in a directory goes before the directory.
   */
  readonly removes?: boolean;
}
