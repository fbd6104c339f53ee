import fs from "node:fs";
import { dirname } from "node:path";

/** Whether the file system that a file is on, or is to be on, has no room for so many bytes more, or for a file. */
export function lacksRoom(path: string, bytes: number): boolean {
  try {
    const { bavail, bsize, ffree, files } = fs.statfsSync(dirname(path));
    return bavail * bsize < bytes || (files > 0 && ffree === 0);
  } catch {
    return false;
  }
}
