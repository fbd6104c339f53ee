/**
 * What a resource leaves behind when it leaves the graph: kinds say it, so that it can be listed.
 *
 * @module
 */

/** Where to see, without much ado, whether it is still there. */
export type Remains =
  /** It is there as long as one of these paths is. */
  | { readonly at: "path"; readonly paths: readonly string[] }
  /** It is a part of a file, and gone with it. */
  | { readonly at: "inside"; readonly path: string }
  | { readonly at: "mount"; readonly path: string }
  | { readonly at: "user" | "group"; readonly name: string }
  /** Nobody can tell without asking a program. */
  | { readonly at: "elsewhere" };
