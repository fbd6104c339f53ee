import { isDirectory } from "../../os/graph_directory.ts";

/** Whether what is at a path may be or have a program: a directory may. */
export function mayBeProgram(file: string): boolean {
  return isProgram(file) || isDirectory(file) === true;
}

/** Whether a name is that of a program, and not of a graph as data. */
export function isProgram(file: string): boolean {
  return file.endsWith(".ts");
}
