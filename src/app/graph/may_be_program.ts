import { isDirectory } from "../../os/graph_directory.ts";
import { isProgram } from "./program_name.ts";

/** Whether what is at a path may be or have a program: a directory may. */
export function mayBeProgram(file: string): boolean {
  return isProgram(file) || isDirectory(file) === true;
}
