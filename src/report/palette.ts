/** How text is set off on a terminal; every function leaves text as it is without colours. */
export interface Palette {
  bad(text: string): string;
  warn(text: string): string;
  good(text: string): string;
  strong(text: string): string;
  dim(text: string): string;
}

const PLAIN: Palette = {
  bad: (text) => text,
  warn: (text) => text,
  good: (text) => text,
  strong: (text) => text,
  dim: (text) => text,
};

const COLORS: Palette = {
  bad: (text) => `\x1b[31m${text}\x1b[0m`,
  warn: (text) => `\x1b[33m${text}\x1b[0m`,
  good: (text) => `\x1b[32m${text}\x1b[0m`,
  strong: (text) => `\x1b[1m${text}\x1b[0m`,
  dim: (text) => `\x1b[2m${text}\x1b[0m`,
};

/** The palette for a terminal that wants colours, or for all else. */
export function palette(color: boolean): Palette {
  return color ? COLORS : PLAIN;
}
