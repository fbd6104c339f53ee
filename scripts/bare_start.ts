/**
 * Lets a compiled program start where nothing is mounted on /proc, for instance in a chroot.
 *
 * The Deno runtime finds the program inside its own executable, whose name it reads from the link
 * /proc/self/exe; without /proc it ends there. The kernel also hands that name to every program in
 * its auxiliary vector. So this adds a few instructions to the runtime that stand before the C
 * library's `readlink`: where that fails for just this one link, they answer with the kernel's word.
 *
 * They are a page at the end of the file, which the entry of the unneeded note segment maps; and the
 * one slot through which Rust's standard library calls `readlink` is made to point there.
 *
 * @module
 */

const PAGE = 0x1000;
const LOAD = 1, NOTE = 4, READ_EXECUTE = 5;
const SECTION_RELOCATIONS = 4, SECTION_DYNAMIC_SYMBOLS = 11;
const GLOBAL_DATA = 6n, JUMP_SLOT = 7n, RELATIVE = 8n;

/** One relocation: where it is written in the file, and the slot in memory that it fills. */
interface Relocation {
  readonly at: number;
  readonly type: bigint;
  readonly symbol: string;
  readonly slot: number;
}

/** Gives back the ELF file (x86-64) with the instructions added. */
export function addBareStart(elf: Uint8Array): Uint8Array {
  const offset = Math.ceil(elf.length / PAGE) * PAGE;
  const bytes = new Uint8Array(offset + PAGE);
  bytes.set(elf);
  const view = new DataView(bytes.buffer);
  if (view.getUint16(0x12, true) !== 62) throw new Error("not an executable for x86-64");

  const relocations = [...dynamicRelocations(view, bytes)];
  const find = (symbol: string, type: bigint) => {
    const found = relocations.find((each) => each.symbol === symbol && each.type === type);
    if (found === undefined) throw new Error(`the executable does not call ${symbol} as expected`);
    return found;
  };
  const called = find("readlink", GLOBAL_DATA);
  const address = mapPage(view, offset);
  const code = instructions(address, find("readlink", JUMP_SLOT), find("getauxval", JUMP_SLOT));
  bytes.set(code, offset);
  view.setBigUint64(called.at + 8, RELATIVE, true);
  view.setBigUint64(called.at + 16, BigInt(address), true);
  return bytes;
}

/** Makes the note segment load the page at that offset behind all others; says at which address. */
function mapPage(view: DataView, offset: number): number {
  const table = number(view, 0x20);
  const headers = Array.from({ length: view.getUint16(0x38, true) }, (_, i) => table + 56 * i);
  const end = Math.max(
    ...headers.filter((at) => view.getUint32(at, true) === LOAD)
      .map((at) => number(view, at + 16) + number(view, at + 40)),
  );
  const note = headers.at(-1)!;
  if (view.getUint32(note, true) !== NOTE) throw new Error("the last segment is not a note");
  const address = Math.ceil(end / PAGE) * PAGE;
  view.setUint32(note, LOAD, true);
  view.setUint32(note + 4, READ_EXECUTE, true);
  [offset, address, address, PAGE, PAGE, PAGE].forEach((value, index) =>
    view.setBigUint64(note + 8 + 8 * index, BigInt(value), true)
  );
  return address;
}

/** All relocations that name a symbol. */
function* dynamicRelocations(view: DataView, bytes: Uint8Array): Generator<Relocation> {
  const table = number(view, 0x28);
  const sections = Array.from({ length: view.getUint16(0x3c, true) }, (_, i) => table + 64 * i);
  const type = (at: number) => view.getUint32(at + 4, true);
  const symbols = sections.find((at) => type(at) === SECTION_DYNAMIC_SYMBOLS);
  if (symbols === undefined) throw new Error("the executable is not linked dynamically");
  const names = number(view, sections[view.getUint32(symbols + 40, true)]! + 24);
  const name = (symbol: number) => {
    const start = names + view.getUint32(number(view, symbols + 24) + 24 * symbol, true);
    return new TextDecoder().decode(bytes.subarray(start, bytes.indexOf(0, start)));
  };
  for (const section of sections.filter((at) => type(at) === SECTION_RELOCATIONS)) {
    const start = number(view, section + 24);
    for (let at = start; at < start + number(view, section + 32); at += 24) {
      const info = view.getBigUint64(at + 8, true);
      const symbol = Number(info >> 32n);
      if (symbol === 0) continue;
      yield { at, type: info & 0xffffffffn, symbol: name(symbol), slot: number(view, at) };
    }
  }
}

/** What `readlink(name, buffer, size)` does first. Two calls lack their slots, at 0x05 and 0x2b. */
const INSTRUCTIONS = `
00  57 56 52              push rdi, rsi, rdx
03  ff 15 00 00 00 00     call the real readlink
09  5a 5e 5f              pop rdx, rsi, rdi
0c  48 85 c0              test rax, rax
0f  79 41                 jns 52              it worked
11  56 52 50              push rsi, rdx, rax
14  48 8d 35 3c 00 00 00  lea rsi, [57]
1b  b9 0f 00 00 00        mov ecx, 15
20  f3 a6                 repe cmpsb          rsi against rdi, the name
22  75 2f                 jne 53              another link
24  bf 1f 00 00 00        mov edi, 31         AT_EXECFN
29  ff 15 00 00 00 00     call getauxval
2f  48 85 c0              test rax, rax
32  74 1f                 jz 53               the kernel does not say
34  48 89 c6              mov rsi, rax
37  48 83 c4 08           add rsp, 8
3b  5a 5f                 pop rdx, rdi        size, buffer
3d  31 c0                 xor eax, eax
3f  48 39 d0              cmp rax, rdx
42  73 0e                 jae 52
44  8a 0c 06              mov cl, [rsi + rax]
47  84 c9                 test cl, cl
49  74 07                 jz 52
4b  88 0c 07              mov [rdi + rax], cl
4e  ff c0                 inc eax
50  eb ed                 jmp 3f
52  c3                    ret                 with the length
53  58 5a 5e              pop rax, rdx, rsi
56  c3                    ret                 with -1
57  2f 70 72 6f 63 2f 73 65 6c 66 2f 65 78 65 00
`;

/** The instructions, for the address where they will stand. */
function instructions(address: number, readlink: Relocation, getauxval: Relocation): Uint8Array {
  const code = INSTRUCTIONS.trim().split("\n")
    .flatMap((line) => /^..((?: [ ]?[0-9a-f]{2})+)(?: |$)/.exec(line)![1]!.trim().split(/ +/))
    .map((byte) => parseInt(byte, 16));
  const view = new DataView(Uint8Array.from(code).buffer);
  view.setInt32(0x05, readlink.slot - (address + 0x09), true);
  view.setInt32(0x2b, getauxval.slot - (address + 0x2f), true);
  return new Uint8Array(view.buffer);
}

function number(view: DataView, at: number): number {
  return Number(view.getBigUint64(at, true));
}
