/** The same, to be written by whoever makes it. */
export type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
