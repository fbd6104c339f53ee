/** Whether a text of data (YAML or JSON) has nothing but blanks, comments and marks of documents. */
export function saysNothing(text: string): boolean {
  const lines = text.replace(/^\ufeff/, "").split("\n");
  return lines.every((line) => /^\s*(#.*)?$|^(---|\.\.\.)\s*(#.*)?$|^%/.test(line));
}
