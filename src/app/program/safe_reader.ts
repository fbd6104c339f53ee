import type { Diagnostic } from "../../base/diagnostic.ts";
import { LIMITS } from "../../base/limits.ts";
import { fail, type Result } from "../../base/result.ts";
import type { FileWay } from "../../os/files/file_way.ts";
import { readGraphBytes } from "../../os/graph_text.ts";
import { doubtsOf, type Opening, openingsOf, type TrustRule } from "../graph/graph_trust.ts";
import { decodeText } from "./file_inputs.ts";

/** The way to a file, and what lets others change it. */
interface JudgedWay {
  readonly way: FileWay;
  readonly openings: readonly Opening[];
  readonly isUnsafe: boolean;
}

/** Reads what a program is made of and what it reads, each once a round, if nobody else can have written it. */
export class SafeReader {
  readonly #rule: {
    readonly trust?: TrustRule | undefined;
    readonly onlyWarn?: boolean | undefined;
  };
  readonly #shown: (path: string) => string;
  readonly #texts = new Map<string, Result<string>>();
  readonly #ways = new Map<string, JudgedWay>();
  readonly #warnings = new Map<string, Diagnostic>();

  constructor(
    rule: { readonly trust?: TrustRule | undefined; readonly onlyWarn?: boolean | undefined },
    shown: (path: string) => string,
  ) {
    this.#rule = rule;
    this.#shown = shown;
  }

  async read(path: string): Promise<Result<string>> {
    const known = this.#texts.get(path);
    if (known !== undefined) return known;
    const text = await this.#read(path);
    this.#texts.set(path, text);
    return text;
  }

  async #read(path: string): Promise<Result<string>> {
    const { way, bytes } = await readGraphBytes(path, LIMITS.programFileBytes);
    const openings = way === undefined ? [] : await openingsOf(way);
    const doubts = doubtsOf(openings, { ...this.#rule, file: this.#shown(path) });
    const refused = doubts.find(({ severity }) => severity === "error");
    if (way !== undefined) this.#ways.set(path, { way, openings, isUnsafe: refused !== undefined });
    if (refused !== undefined) {
      const { message, hint } = refused;
      return fail(message, { ...(hint !== undefined && { hint }) });
    }
    for (const doubt of doubts) this.#warnings.set(doubt.message, doubt);
    return bytes.ok ? decodeText(bytes.value, path) : bytes;
  }

  /** How a file was reached; undefined: it was not there, or not asked for. */
  wayTo(path: string): JudgedWay | undefined {
    return this.#ways.get(path);
  }

  /** What is doubtful of the files of this round. */
  get warnings(): readonly Diagnostic[] {
    return [...this.#warnings.values()];
  }

  /** What was asked for, and the ways on which others could change something. */
  get watched(): { readonly files: readonly string[]; readonly ways: readonly FileWay[] } {
    const ways = [...this.#ways.values()].flatMap(({ way, isUnsafe }) => isUnsafe ? [way] : []);
    return { files: [...this.#texts.keys()], ways };
  }
}
