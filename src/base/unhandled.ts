/** Stands where a switch has a case for everything: the compiler says so as soon as something is new. */
export function unhandled(value: never): void {
  void value;
}
