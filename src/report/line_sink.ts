/** How much something that is said matters; the words and their order are syslog's. */
export type Level = "error" | "warning" | "notice" | "info" | "debug";

/** The numbers that syslog and the journal have for levels. */
export const PRIORITY: Readonly<Record<Level, number>> = {
  error: 3,
  warning: 4,
  notice: 5,
  info: 6,
  debug: 7,
};

/** Where lines for people go: a screen, a journal. */
export interface LineSink {
  /** Lines about the resource `key`, or about no certain one. A promise must not reject. */
  say(level: Level, text: string | Promise<string>, key?: string): void;
  /** Lines of difference that belong to what was said of a resource just before. */
  difference(level: Level, lines: readonly string[], key: string): void;
  /** Lines that speak for themselves. */
  excerpt(level: Level, text: string): void;
  /** Resolves when everything said so far is written. */
  flush(): Promise<void>;
}
