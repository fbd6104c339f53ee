import * as fs from "node:fs";
import { join } from "node:path";
import { type Failure, failure, reasonOf } from "../../base/result.ts";

/** Data whose name ends so goes with the run that made it. */
const TEMPORARY = ".temporary";

/** Removes what runs that end by themselves have left. */
export function removeTemporary(directory: string): Failure | undefined {
  const data = join(directory, "data");
  try {
    if (!fs.existsSync(data)) return undefined;
    for (const name of fs.readdirSync(data)) {
      if (name.endsWith(TEMPORARY)) fs.rmSync(join(data, name), { recursive: true, force: true });
    }
    return undefined;
  } catch (thrown) {
    return failure(`cannot remove what is temporary in ${data}: ${reasonOf(thrown)}`, {
      code: "data",
    });
  }
}

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
