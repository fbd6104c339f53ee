/**
 * Takes the WebAssembly of the package that strips types out of a bundle. It is most of the code, only graphs that
 * are programs need it, and all that `deno compile` embeds is read into memory at every start. What stands in its
 * place reads it from the executable, where `scripts/build` says that it is.
 *
 * Usage: deno run -A scripts/set_apart.ts CODE TARGET
 *
 * @module
 */

import { Buffer } from "node:buffer";
import { join } from "node:path";

/** How the package has its WebAssembly in its text, once it is bundled. */
const BEFORE = /[\w$]+\.from\("(?=AGFzbQ)/;
const AFTER = '","base64")';

/** The name of a place: `scripts/build` writes the offset and the length there. */
const PLACE = "@stripper@";

/** Reads it. Where /proc is not mounted, the executable is opened by its path. */
const READ = `(()=>{let[o,n]=${JSON.stringify(PLACE)}.split(":").map(Number),f,d=0,r;` +
  `try{f=Deno.openSync("/proc/self/exe")}catch{f=Deno.openSync(Deno.execPath())}` +
  `try{const b=new Uint8Array(n);f.seekSync(o,0);` +
  `while(d<n&&(r=f.readSync(b.subarray(d)))!==null)d+=r;` +
  `if(d<n)throw new Error("this executable is cut short");return b}finally{f.close()}})()`;

/** A text of the bundle without its WebAssembly, and that; undefined: it has none. */
export function setApart(
  text: string,
): { readonly text: string; readonly bytes: Buffer } | undefined {
  const before = BEFORE.exec(text);
  if (before === null) return undefined;
  const start = before.index + before[0].length;
  const end = text.indexOf(AFTER, start);
  if (end < 0) throw new Error("its WebAssembly ends in another way now");
  return {
    text: text.slice(0, before.index) + READ + text.slice(end + AFTER.length),
    bytes: Buffer.from(text.slice(start, end), "base64"),
  };
}

if (import.meta.main) {
  const [code, target] = Deno.args;
  if (code === undefined || target === undefined) throw new Error("needs two paths");
  const found = [...Deno.readDirSync(code)].filter(({ name }) => name.endsWith(".js")).flatMap(
    ({ name }) => {
      const path = join(code, name);
      const apart = setApart(Deno.readTextFileSync(path));
      return apart === undefined ? [] : [{ path, ...apart }];
    },
  );
  const [only, ...others] = found;
  if (only === undefined || others.length > 0) {
    throw new Error(`WebAssembly is in ${found.length} files of the bundle, and not in one`);
  }
  Deno.writeTextFileSync(only.path, only.text);
  Deno.writeFileSync(target, only.bytes);
}
