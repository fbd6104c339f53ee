/**
 * A small temporary file that is written in one go. Two ways: by name where nobody else can put
 * another entry in its place, which is much quicker, and by the open file elsewhere.
 *
 * @module
 */

import { ok } from "../../base/result.ts";
import type { Result } from "../../base/result.ts";
import * as descriptors from "./descriptors.ts";
import type { Attributes, Stat } from "./files.ts";
import type { Inside } from "./section.ts";
import { attempt } from "./system_error.ts";
import {
  applyAttributes,
  discardTemporary,
  makeTemporary,
  NEW_FILE_MODE,
} from "./temporary_file.ts";
import type { Entry, Workshop } from "./workshop.ts";

/** A temporary file on its way. What the kernel refuses is thrown unless a result is given. */
export interface Draft {
  readonly name: string;
  write(bytes: Uint8Array): void;
  /** Gives it owner and mode; `old` is what it replaces. */
  setAttributes(wanted: Attributes, old: Stat | undefined): Result<void>;
  sync(): void;
  /** To be called in the turn of the loop in which it was made: no command may find it open. */
  close(): void;
  /** Closes and removes it. */
  discard(): void;
}

/** Makes an empty one in the directory of an entry. */
export function makeDraft(shop: Workshop, place: Entry, inside: Inside): Result<Draft> {
  return place.directory.trust === "foreign"
    ? draftByFile(shop, place, inside)
    : draftByName(shop, place, inside);
}

function draftByFile(shop: Workshop, place: Entry, inside: Inside): Result<Draft> {
  const made = makeTemporary(shop, place, inside);
  if (!made.ok) return made;
  const { name, file, close } = made.value;
  return ok({
    name,
    write: (bytes) => descriptors.writeAll(file, bytes),
    setAttributes: (wanted, old) => applyAttributes(place.path, file, wanted, old),
    sync: () => descriptors.sync(file),
    close,
    discard: () => discardTemporary(made.value, inside),
  });
}

function draftByName(shop: Workshop, place: Entry, inside: Inside): Result<Draft> {
  const named = shop.temporaries.name(place.directory.path);
  if (!named.ok) return named;
  shop.step("recorded");
  const name = named.value;
  const path = inside.at(name);
  return attempt(`make a new file beside ${place.path}`, () => {
    const file = Deno.openSync(path, { write: true, createNew: true, mode: 0o600 });
    shop.step("made");
    let open = true;
    const close = () => {
      if (open) file.close();
      open = false;
    };
    return ok({
      name,
      write: (bytes) => writeAll(file, bytes),
      setAttributes: (wanted, old) => setAttributes(place.path, path, file, wanted, old),
      sync: () => file.syncSync(),
      close,
      discard() {
        close();
        try {
          Deno.removeSync(path);
        } catch {
          // It was renamed before something failed, or the next run removes it.
        }
      },
    });
  });
}

function writeAll(file: Deno.FsFile, bytes: Uint8Array): void {
  for (let done = 0; done < bytes.length;) done += file.writeSync(bytes.subarray(done));
}

/** The owner comes first, because changing it takes away set-id bits. */
function setAttributes(
  target: string,
  path: string,
  file: Deno.FsFile,
  wanted: Attributes,
  old: Stat | undefined,
): Result<void> {
  const uid = wanted.uid ?? old?.uid;
  const gid = wanted.gid ?? old?.gid;
  if (uid !== undefined || gid !== undefined) {
    const owned = attempt(`set the owner of ${target}`, () => {
      const is = file.statSync();
      const [isUid, isGid] = [is.uid ?? 0, is.gid ?? 0];
      const [wantedUid, wantedGid] = [uid ?? isUid, gid ?? isGid];
      if (isUid !== wantedUid || isGid !== wantedGid) Deno.chownSync(path, wantedUid, wantedGid);
      return ok(undefined);
    });
    if (!owned.ok) return owned;
  }
  return attempt(`set the mode of ${target}`, () => {
    Deno.chmodSync(path, wanted.mode ?? old?.mode ?? NEW_FILE_MODE);
    return ok(undefined);
  });
}
