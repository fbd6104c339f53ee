/**
 * Takes the Deno runtime out of an executable that `deno compile` made: the ELF file ends where its
 * table of section headers ends, and the embedded program follows. On x86-64 the runtime then learns to start without /proc,
 * unless it is to be plain.
 *
 * Usage: deno run -A scripts/cut_runtime.ts COMPILED RUNTIME [--plain]
 *
 * @module
 */

import { addBareStart } from "./bare_start.ts";

const ELF64_LITTLE_ENDIAN = [0x7f, 0x45, 0x4c, 0x46, 2, 1];

/** The length of the ELF file that the bytes begin with. */
export function elfLength(bytes: Uint8Array): number {
  if (bytes.length < 64 || ELF64_LITTLE_ENDIAN.some((byte, index) => bytes[index] !== byte)) {
    throw new Error("not an ELF file of 64 bits, little endian");
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  const tableOffset = Number(view.getBigUint64(0x28, true));
  const length = tableOffset + view.getUint16(0x3a, true) * view.getUint16(0x3c, true);
  if (length > bytes.length) throw new Error("the ELF file is cut short");
  return length;
}

if (import.meta.main) {
  const [compiled, runtime, plain] = Deno.args;
  if (compiled === undefined || runtime === undefined) throw new Error("needs two paths");
  const bytes = Deno.readFileSync(compiled);
  const elf = bytes.subarray(0, elfLength(bytes));
  const bare = Deno.build.arch === "x86_64" && plain === undefined;
  Deno.writeFileSync(runtime, bare ? addBareStart(elf) : elf, { mode: 0o755 });
}
