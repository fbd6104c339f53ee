/** The path of the directory that holds an entry; of `/` itself: `/`. The path is normalised. */
export function parentOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash <= 0 ? "/" : path.slice(0, slash);
}
