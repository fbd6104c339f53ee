import { dispatch } from "../../src/cli/dispatch.ts";

/** What a command line printed, and its exit code. */
export interface Said {
  readonly code: number;
  readonly data: string;
  readonly talk: string;
  /** How many characters of data and talk there were when the program gave up its rights. */
  readonly restrictedAfter: number | undefined;
}

/** Runs a command line in this process; it gives up no rights. */
export async function runLine(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<Said> {
  let data = "";
  let talk = "";
  let restrictedAfter: number | undefined;
  const code = await dispatch(args, {
    print: (text) => Promise.resolve(void (data += text)),
    complain: (text) => Promise.resolve(void (talk += text)),
    environment: (name) => environment[name],
    environmentNames: () => Object.keys(environment),
    talkIsTerminal: false,
    randomSeed: () => 7,
    restrictToReading: () => restrictedAfter = data.length + talk.length,
  });
  return { code, data, talk, restrictedAfter };
}
