/** What `mgmt explain` says of a code. */
export interface CodeExplanation {
  /** What is so. */
  readonly means: string;
  /** What usually makes it so. */
  readonly why: string;
  /** What to do about it. */
  readonly remedy: string;
}

/** `error`: it does not work; `warning`: it will not, or not all of it; `notice`: worth knowing. */
export type FindingSeverity = "notice" | "warning" | "error";

/** What may be found, by code. */
export type FindingTexts = Readonly<
  Record<string, CodeExplanation & { readonly severity: FindingSeverity }>
>;
