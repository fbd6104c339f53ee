/**
 * Bringing a file to the disk after it was renamed into its place. Everybody sees it already, so this
 * happens on other threads and holds nobody else up: a disk that is slow to answer must not keep the
 * next file from being healed. Files that land together share the disk's journal commits.
 *
 * @module
 */

import { ok } from "../../base/result.ts";
import type { Awaitable, Result } from "../../base/result.ts";
import * as descriptors from "./descriptors.ts";
import type { Draft } from "./draft.ts";
import type { Inside } from "./section.ts";
import { systemFailure } from "./system_error.ts";
import type { Workshop } from "./workshop.ts";

/** Files that land at the same time; each holds two descriptors. */
const PLACES = 32;

/** Who is on the way to the disk, and who waits to be. */
export class Landings {
  #underWay = 0;
  readonly #waiting: (() => void)[] = [];

  /** A promise of a free place, or undefined where there is one. */
  free(): Promise<void> | undefined {
    if (this.#underWay < PLACES) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  take(): void {
    this.#underWay++;
  }

  release(): void {
    this.#underWay--;
    this.#waiting.shift()?.();
  }
}

/** The rest of a write, for after the directory was left. */
export type Landing = () => Awaitable<Result<void>>;

/** Prepares the landing of a renamed draft, inside its directory. */
export function prepareLanding(
  shop: Workshop,
  doing: string,
  draft: Draft,
  inside: Inside,
): Landing {
  const directory = descriptors.openDirectory(inside.here);
  return () => land(shop, doing, draft, directory);
}

async function land(
  shop: Workshop,
  doing: string,
  draft: Draft,
  directory: number | undefined,
): Promise<Result<void>> {
  shop.landings.take();
  try {
    await draft.syncSoon();
    shop.step("synced");
    if (directory !== undefined) await descriptors.syncAsync(directory);
    shop.step("settled");
    return ok(undefined);
  } catch (thrown) {
    return systemFailure(thrown, doing);
  } finally {
    draft.close();
    if (directory !== undefined) descriptors.close(directory);
    shop.landings.release();
  }
}
