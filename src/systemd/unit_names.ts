/**
 * How systemd names units, their objects on the bus and their files.
 *
 * @module
 */

import { namesOfUnit } from "../base/unit_names.ts";
import type { BusScope } from "./bus/address.ts";
import { environment } from "../os/environment.ts";

const OBJECT_PREFIX = "/org/freedesktop/systemd1/unit/";

/** The object on the bus for a unit: bytes other than ASCII letters and digits become `_` and two hex digits. */
export function unitObject(unit: string): string {
  const bytes = [...new TextEncoder().encode(unit)];
  const escaped = bytes.map((byte, index) => {
    const letter = String.fromCharCode(byte);
    const isPlain = /[A-Za-z]/.test(letter) || (index > 0 && /[0-9]/.test(letter));
    return isPlain ? letter : `_${byte.toString(16).padStart(2, "0")}`;
  });
  return OBJECT_PREFIX + escaped.join("");
}

/** Where unit files are looked for; the first that has one wins. */
export function unitDirectories(scope: BusScope): readonly string[] {
  if (scope === "system") {
    return [
      "/etc/systemd/system",
      "/run/systemd/system",
      "/usr/local/lib/systemd/system",
      "/usr/lib/systemd/system",
    ];
  }
  const home = environment("HOME") ?? "/root";
  const config = environment("XDG_CONFIG_HOME") || `${home}/.config`;
  return [`${config}/systemd/user`, "/etc/systemd/user", "/usr/lib/systemd/user"];
}

/** The files and directories that make a unit: its file, drop-ins, and those of its template. */
export function unitFiles(unit: string, scope: BusScope): readonly string[] {
  const template = /^(.+?@)[^@]+(\.[a-z]+)$/.exec(unit);
  const names = template === null ? [unit] : [unit, `${template[1]}${template[2]}`];
  return unitDirectories(scope).flatMap((directory) =>
    names.flatMap((name) => [`${directory}/${name}`, `${directory}/${name}.d`])
  );
}

/** The directories of drop-ins of a unit, the most particular first: `a-b@c.service.d`, …, `service.d`. */
export function dropInNames(unit: string): readonly string[] {
  return namesOfUnit(unit).toSorted((a, b) => b.length - a.length).map((name) => `${name}.d`);
}
