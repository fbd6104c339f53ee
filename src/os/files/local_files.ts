/**
 * The machine's own file system. `files.ts` says what it promises; the parts are beside it.
 *
 * @module
 */

import type { Clock } from "../clock.ts";
import { createMounts } from "../mounts/mounts.ts";
import type { Mounts } from "../mounts/mounts.ts";
import type { Random } from "../random.ts";
import { Helpers } from "./attributes.ts";
import { Backups } from "./backups.ts";
import { equals, open } from "./content.ts";
import { makeDirectory, makeLink, remove, setAttributes } from "./entries.ts";
import type { Files } from "./files.ts";
import { foresee } from "./foresee.ts";
import { closeNativeAccess } from "../native/access.ts";
import { SlowMountLimiter } from "./slow_mount_limiter.ts";
import { syncLater } from "./deferred_sync.ts";
import { DeferredSyncs } from "./sync_queue.ts";
import { createKnownFiles } from "./known_files.ts";
import { list } from "./list.ts";
import { look } from "./look.ts";
import { closeNativeNames } from "../native/names.ts";
import { PathResolver } from "./path_resolver.ts";
import { recover } from "./recover.ts";
import { kept, pin, sum, unpin } from "./sums.ts";
import { createTemporaries } from "./temporaries.ts";
import type { FilesContext, WriteStep } from "./files_context.ts";
import { removeUnnameable } from "./unnameable.ts";
import { write } from "./write.ts";

export interface LocalFilesOptions {
  /**
   * The state directory: backups, and the record of temporary files. It must exist, writable by the
   * agent alone. Undefined where nothing may be written: nothing is kept or recorded then.
   */
  readonly prefix: string | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** What is mounted where, if that is shared with others. */
  readonly mounts?: Mounts;
  /** Where paths lead, if that is known from outside. */
  readonly places?: PathResolver;
  /** Says something that is no failure but should be known. */
  readonly warn?: (text: string) => void;
  /** Called between the steps of a write; for tests that end the process there. */
  readonly step?: (name: WriteStep) => void;
  /** What one call on a mount that may hang can take; for tests. */
  readonly stepDeadlineMs?: number;
}

/** Opens the door to the machine's files. */
export function createLocalFiles(options: LocalFilesOptions): Files {
  const { clock, random, prefix } = options;
  const agentUid = Deno.uid() ?? 0;
  const context: FilesContext = {
    clock,
    agentUid,
    places: options.places ??
      new PathResolver(clock, options.mounts ?? createMounts(clock), agentUid),
    limiter: new SlowMountLimiter(clock, options.stepDeadlineMs),
    temporaries: createTemporaries(prefix, random),
    known: createKnownFiles(),
    syncs: new DeferredSyncs(clock, (places) => syncLater(context, places)),
    helpers: new Helpers(clock, options.stepDeadlineMs),
    step: options.step ?? (() => {}),
    warn: options.warn ?? (() => {}),
  };
  const backups = new Backups(context, prefix);
  return {
    look: (path, lookOptions) => look(context, path, lookOptions),
    list: (path, signal) => list(context, path, signal),
    equals: (path, content, signal) => equals(context, path, content, signal),
    write: (request) => write(context, request),
    open: (path, signal) => open(context, path, signal),
    stage: async (path) => (await import("./staged.ts")).stage(context, path),
    makeDirectory: (path, attributes) => makeDirectory(context, path, attributes),
    makeLink: (path, target, request) => makeLink(context, path, target, request),
    setAttributes: (path, seen, attributes) => setAttributes(context, path, seen, attributes),
    remove: (path, seen, removeOptions) => remove(context, path, seen, removeOptions),
    foresee: (change, signal) => foresee(context, change, signal),
    backup: (path, seen) => backups.keep(path, seen),
    sum: (content, signal) => sum(context, content, signal),
    keep: (what, content) => backups.keepContent(what, content),
    lastKept: (path) => backups.lastKept(path),
    pin: (sha256) => pin(prefix, sha256),
    unpin: (sha256) => unpin(context, prefix, sha256),
    kept: (sha256, signal) => kept(context, prefix, sha256, signal),
    removeUnnameable: (directory, entry) => removeUnnameable(context, backups, directory, entry),
    isTemporary(name) {
      if (!context.temporaries.matches(name)) return undefined;
      return context.temporaries.isOwn(name) ? "own" : "foreign";
    },
    recover: () => recover(context),
    landed: () => {
      closeNativeNames();
      closeNativeAccess();
      return context.syncs.over();
    },
  };
}
