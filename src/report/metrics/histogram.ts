/** How long something took, in classes that never change: what is counted can be put together and compared. */

/** The upper ends of the classes, in seconds; what took longer is in a last one. */
export const BOUNDS_SECONDS: readonly number[] = [
  ...[0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5],
  ...[1, 2.5, 5, 10, 30, 60, 300],
];

/** See the file. */
export class Histogram {
  /** How many are in each class, and in no lower one. */
  readonly counts = new Float64Array(BOUNDS_SECONDS.length + 1);
  sumSeconds = 0;
  count = 0;

  /** One more that took so long. */
  add(milliseconds: number): void {
    const seconds = milliseconds / 1000;
    let at = 0;
    while (at < BOUNDS_SECONDS.length && seconds > BOUNDS_SECONDS[at]!) at++;
    this.counts[at]!++;
    this.sumSeconds += seconds;
    this.count++;
  }
}
