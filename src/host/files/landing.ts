/**
 * Bringing a file to the disk after it was renamed into its place. Everybody sees it already, and
 * what it replaced was wrong or missing, so nothing is lost if the power fails before: the next start
 * heals it. It happens on other threads and nobody waits for it but the end of the run: a disk that
 * is slow to answer must not keep a file from being healed again.
 *
 * @module
 */

import { reasonOf } from "../../base/result.ts";
import * as descriptors from "./descriptors.ts";
import type { Draft } from "./draft.ts";
import type { Inside } from "./section.ts";
import type { Workshop } from "./workshop.ts";

/** Files that land at the same time; each holds two descriptors. */
const PLACES = 32;

/** Who is on the way to the disk, and who waits to be. */
export class Landings {
  readonly #underWay = new Set<Promise<void>>();
  readonly #waiting: (() => void)[] = [];

  /** A promise of a free place, or undefined where there is one. */
  free(): Promise<void> | undefined {
    if (this.#underWay.size < PLACES) return undefined;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Keeps a landing until it is over. It must not reject. */
  add(landing: Promise<void>): void {
    const kept = landing.then(() => {
      this.#underWay.delete(kept);
      this.#waiting.shift()?.();
    });
    this.#underWay.add(kept);
  }

  /** Resolves when all that were under way have landed. */
  async over(): Promise<void> {
    await Promise.all(this.#underWay);
  }
}

/** Starts the landing of a renamed draft, inside its directory. */
export function startLanding(shop: Workshop, path: string, draft: Draft, inside: Inside): void {
  const directory = descriptors.openDirectory(inside.here);
  shop.landings.add(land(shop, path, draft, directory));
}

async function land(
  shop: Workshop,
  path: string,
  draft: Draft,
  directory: number | undefined,
): Promise<void> {
  try {
    await draft.syncSoon();
    shop.step("synced");
    if (directory !== undefined) await descriptors.syncAsync(directory);
    shop.step("settled");
  } catch (thrown) {
    shop.warn(
      `${path} is in place, but cannot be brought to the disk, so that a power failure may take it ` +
        `away again: ${reasonOf(thrown)}`,
    );
  } finally {
    draft.close();
    if (directory !== undefined) descriptors.close(directory);
  }
}
