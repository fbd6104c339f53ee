/** A mistake in a text that a user wrote, with its place. */
export interface Diagnostic {
  readonly severity: "error" | "warning";
  readonly file: string;
  /** 1-based; absent when the place is the file as a whole. */
  readonly line?: number;
  /** 1-based, in characters. */
  readonly column?: number;
  /** Characters to underline, at least 1. */
  readonly length?: number;
  readonly message: string;
  readonly hint?: string;
}
