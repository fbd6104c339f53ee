/**
 * Unpacks the etcd that is inside the executable.
 *
 * @module
 */

import { createHash } from "node:crypto";
import { join } from "node:path";
import { fail, ok, reasonOf, type Result } from "../../base/result.ts";
import type { EmbeddedEtcd } from "./embedded.ts";

/**
 * Unpacks it into `directory` (made with mode 0700), unless it is there already, and says where. What
 * does not have the right sum never gets its name. Others that were unpacked there before go.
 */
export async function unpackEtcd(
  embedded: EmbeddedEtcd,
  directory: string,
  executable: () => Promise<Deno.FsFile> = openOwnExecutable,
): Promise<Result<string>> {
  const name = `etcd-${embedded.version}-${embedded.sum.slice(0, 16)}`;
  const path = join(directory, name);
  try {
    await Deno.mkdir(directory, { recursive: true, mode: 0o700 });
    if (await isUnpacked(path, embedded)) return ok(path);
    const temporary = join(directory, `.${name}~`);
    const refused = await unpack(embedded, temporary, executable);
    if (refused !== undefined) return refused;
    await Deno.rename(temporary, path);
    await removeOthers(directory, name);
    return ok(path);
  } catch (thrown) {
    return fail(`cannot unpack etcd into ${directory}: ${reasonOf(thrown)}`, {
      code: "unpack",
      hint: "check that directory: its owner, its file system, the space left",
    });
  }
}

async function isUnpacked(path: string, { bytes }: EmbeddedEtcd): Promise<boolean> {
  try {
    const { isFile, size, uid } = await Deno.lstat(path);
    return isFile && size === bytes && uid === Deno.uid();
  } catch (thrown) {
    if (thrown instanceof Deno.errors.NotFound) return false;
    throw thrown;
  }
}

/** Writes the program, and removes it again where it is not what it should be. */
async function unpack(
  embedded: EmbeddedEtcd,
  path: string,
  executable: () => Promise<Deno.FsFile>,
): Promise<Result<never> | undefined> {
  await Deno.remove(path).catch(() => {});
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    using source = await executable();
    using target = await Deno.open(path, { write: true, createNew: true, mode: 0o700 });
    await source.seek(embedded.offset, Deno.SeekMode.Start);
    const unpacked = part(source, embedded.packedBytes)
      .pipeThrough(new DecompressionStream("gzip"));
    for await (const chunk of unpacked) {
      bytes += chunk.length;
      if (bytes > embedded.bytes) break;
      hash.update(chunk);
      for (let rest = chunk; rest.length > 0;) rest = rest.subarray(await target.write(rest));
    }
    await target.sync();
  } catch (thrown) {
    await Deno.remove(path).catch(() => {});
    // A stream that does not make sense, as opposed to a disk that does not take it.
    if (!(thrown instanceof TypeError)) throw thrown;
  }
  if (bytes === embedded.bytes && hash.digest("hex") === embedded.sum) return undefined;
  await Deno.remove(path).catch(() => {});
  return fail("the etcd inside the executable is not the one it was built with", {
    code: "unpack",
    hint: "was the executable replaced while it ran? Start it again, or copy it anew",
  });
}

/** The next `length` bytes of a file. */
function part(file: Deno.FsFile, length: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  let left = length;
  return new ReadableStream({
    async pull(controller) {
      const buffer = new Uint8Array(Math.min(left, 128 * 1024));
      const count = left === 0 ? null : await file.read(buffer);
      if (count === null) return controller.close();
      left -= count;
      controller.enqueue(buffer.subarray(0, count));
    },
  }, { highWaterMark: 0 });
}

/** The link of /proc also leads to an executable that was replaced meanwhile. */
async function openOwnExecutable(): Promise<Deno.FsFile> {
  try {
    return await Deno.open("/proc/self/exe");
  } catch {
    return await Deno.open(Deno.execPath());
  }
}

async function removeOthers(directory: string, name: string): Promise<void> {
  for await (const entry of Deno.readDir(directory)) {
    if (entry.name === name || !/^\.?etcd-/.test(entry.name)) continue;
    await Deno.remove(join(directory, entry.name)).catch(() => {});
  }
}
