import type { Files } from "../files/files.ts";
import type { Archives } from "./archives.ts";

/** Opens the way; the libraries are loaded with the first archive. */
export function createLocalArchives(files: Pick<Files, "open">): Archives {
  return {
    each: async (path, limits, take, signal) => {
      const { readArchive } = await import("./read.ts");
      return await readArchive(files, { path, limits, take, signal });
    },
  };
}
