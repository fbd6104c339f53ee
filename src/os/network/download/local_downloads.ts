import { fail, type Result } from "../../../base/result.ts";
import { NOT_BEGUN, Turns } from "../../../base/turns.ts";
import type { Clock } from "../../clock.ts";
import type { Downloads } from "./downloads.ts";

/** Opens the way; `prefix` is where parts are kept, undefined: nothing may be written. */
export function createLocalDownloads(
  { prefix, clock }: { readonly prefix: string | undefined; readonly clock: Clock },
): Downloads {
  // Two that want the same file fetch it one after the other, so that neither writes into the other's part.
  const turns = new Turns();
  return {
    fetch: async (request, use) => {
      if (prefix === undefined) return fail("nothing is downloaded here", { code: "reading-only" });
      const { fetchFile } = await import("./fetch_file.ts");
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
