import { ok } from "../../src/base/result.ts";
import type { PrivateFiles } from "../../src/os/state/private_files.ts";

/** Files in memory: the disk's time is of no interest here. */
export function filesInMemory(): PrivateFiles {
  const contents = new Map<string, Uint8Array>();
  return {
    path: "",
    read: (name) => ok(contents.get(name)),
    write: (name, content) => {
      contents.set(name, typeof content === "string" ? new TextEncoder().encode(content) : content);
      return ok(undefined);
    },
    remove: (name) => {
      contents.delete(name);
      return ok(undefined);
    },
  };
}
