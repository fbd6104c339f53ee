/**
 * Whether an entry of an archive may be unpacked, and under which name: nothing leads out of its directory.
 *
 * @module
 */

import { fail, ok, type Result } from "../../base/result.ts";
import { quoted } from "../../base/words.ts";
import type { ArchivedEntry } from "../../os/archive/archives.ts";
import type { ArchiveParams } from "./params.ts";

/** What is to stand at a path below the directory. */
export interface JudgedEntry {
  /** Below the directory, without a slash at its ends; empty: the directory itself, or what is left out. */
  readonly below: string;
  readonly type: "file" | "directory" | "symlink" | "hard-link";
  readonly mode: number;
  /** Of a hard link: below the directory. */
  readonly target: string;
}

const SHOWN_LENGTH = 80;
const COMPONENT_BYTES = 255;
const BITS = { file: 0o644, directory: 0o755, others: 0o755, setId: 0o6000 };

/** Judges one entry by what it says of itself. */
export function judgeEntry(
  entry: Pick<ArchivedEntry, "name" | "type" | "mode" | "target">,
  { source, strip, links, setId }: ArchiveParams,
): Result<JudgedEntry> {
  const { name, type, mode } = entry;
  const shown = quoted(name, SHOWN_LENGTH);
  const refuse = (why: string, hint?: string) =>
    fail(`${source} is not unpacked: its entry ${shown} ${why}`, {
      code: "archive-entry",
      hint: hint ?? "who made it like that? nothing of it was unpacked",
    });
  if (type === "other") {
    return refuse(
      "is a device, a FIFO or something else (a sparse file of tar -S?) that is not taken",
    );
  }
  const parts = partsOf(name);
  if (typeof parts === "string") return refuse(parts);
  const isLink = type === "symlink" || type === "hard-link";
  if (isLink && !links) return refuse("is a link", "links: true takes those that stay inside");
  const below = parts.slice(strip).join("/");
  const bits = mode ?? (type === "directory" ? BITS.directory : BITS.file);
  const kept = bits & (BITS.others | (setId && type === "file" ? BITS.setId : 0));
  const judged = { below, type, mode: type === "directory" ? kept | 0o700 : kept, target: "" };
  if (!isLink || below === "") return ok(judged);
  if (type === "symlink") {
    const why = leadsOut(entry.target, below.split("/").length - 1);
    return why === undefined ? ok({ ...judged, target: entry.target }) : refuse(why);
  }
  const linked = partsOf(entry.target);
  if (typeof linked === "string") return refuse(`is a link to an entry whose name ${linked}`);
  return ok({ ...judged, target: linked.slice(strip).join("/") });
}

/** The components of a name, or what is wrong with it. */
function partsOf(name: string): readonly string[] | string {
  if (name.startsWith("/")) return "has an absolute path";
  if (/[\0\ufffd]/.test(name)) return "has a name that is no text";
  if (name.includes("\\")) return "has a \\ in its name";
  const parts = name.split("/").filter((part) => part !== "" && part !== ".");
  if (parts.includes("..")) return "leads out of its directory (..)";
  const isLong = parts.some((part) => new TextEncoder().encode(part).length > COMPONENT_BYTES);
  return isLong || name.length > 4096 ? "has a name that is too long" : parts;
}

/**
 * Why a link leads out; `depth`: how many directories it is in. `..` counts only at the beginning: behind a name
 * that is a link itself it would lead elsewhere than it looks.
 */
function leadsOut(target: string, depth: number): string | undefined {
  if (target === "" || /[\0\ufffd]/.test(target)) return "is a link that leads nowhere";
  if (target.startsWith("/")) {
    return `is a link to an absolute path (${quoted(target, SHOWN_LENGTH)})`;
  }
  const parts = target.split("/").filter((part) => part !== "" && part !== ".");
  const ups = parts.findIndex((part) => part !== "..");
  const count = ups < 0 ? parts.length : ups;
  const isOutside = count > depth || parts.slice(count).includes("..");
  return isOutside ? `is a link that leads out (${quoted(target, SHOWN_LENGTH)})` : undefined;
}
