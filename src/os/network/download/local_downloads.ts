import { fail, type Result } from "../../../base/result.ts";
import { NOT_BEGUN, Turns } from "../../../base/turns.ts";
import type { DownloadPlace, Downloads } from "./downloads.ts";
import { fetchFile } from "./fetch_file.ts";

/** Opens the way. */
export function createLocalDownloads(
  { prefix, clock }: DownloadPlace,
): Downloads {
  // Two that want the same file fetch it one after the other, so that neither writes into the other's part.
  const turns = new Turns();
  return {
    fetch: async (request, use) => {
      if (prefix === undefined) return fail("nothing is downloaded here", { code: "reading-only" });
      const directory = `${prefix}/downloads`;
      return await turns.take<Result<void>>(
        request.sha256,
        () => fetchFile({ directory, clock }, request, use),
        {
          signals: [request.signal],
          instead: () => fail("was stopped while it waited", { code: NOT_BEGUN }),
        },
      );
    },
  };
}
