import { isProgram } from "../app/graph/program_name.ts";

/** Commands that read a graph, by all of their names. */
const READERS = ["run", "r", "validate", "graph", "plan"];
/** With these another process reads it, or none. */
const NOT_HERE = ["--running", "--help", "-h"];

/** Whether a command line has a program evaluated, as far as can be seen before its command is loaded. */
export function evaluatesProgram([command = "", ...args]: readonly string[]): boolean {
  return READERS.includes(command) && args.some(isProgram) &&
    !args.some((argument) => NOT_HERE.includes(argument));
}
