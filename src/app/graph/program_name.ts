/** Whether a name is that of a program, and not of a graph as data. */
export function isProgram(file: string): boolean {
  return file.endsWith(".ts");
}
