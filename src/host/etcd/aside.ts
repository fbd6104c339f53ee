import * as fs from "node:fs";
import { join } from "node:path";
import { type Failure, failure, reasonOf } from "../../base/result.ts";

/** So many are kept: the newest, and the one before for whoever looks twice. */
const KEPT = 2;

/** Moves the data of a member out of the way, where it stays until later ones have come. */
export function keepAside(directory: string, name: string, now: Date): Failure | undefined {
  const from = join(directory, "data", name);
  const aside = join(directory, "aside");
  try {
    if (!fs.existsSync(from)) return undefined;
    fs.mkdirSync(aside, { recursive: true, mode: 0o700 });
    const stamp = now.toISOString().replaceAll(/[-:]|\.\d+/g, "");
    fs.renameSync(from, join(aside, `${stamp}-${name}`));
    const older = fs.readdirSync(aside).sort().slice(0, -KEPT);
    for (const entry of older) fs.rmSync(join(aside, entry), { recursive: true, force: true });
    return undefined;
  } catch (thrown) {
    return failure(`cannot move ${from} aside: ${reasonOf(thrown)}`, { code: "data" });
  }
}
