/**
 * Moves and zooms a drawing as fingers, mouse and wheel want it.
 *
 * @module
 */

import { panned, type Viewport, zoomed } from "../graph/viewport.ts";

/** Less than that is a click. */
const CLICK_PX = 4;

/** Who is moved. */
export interface Movable {
  viewport(): Viewport;
  move(viewport: Viewport): void;
}

type Finger = readonly [x: number, y: number];

/** Listens on an element; the result ends that. */
export function listenToGestures(element: SVGSVGElement, movable: Movable): () => void {
  const fingers = new Map<number, Finger>();
  let moved = 0;

  const down = ({ button, pointerId, clientX, clientY }: PointerEvent) => {
    if (button !== 0) return;
    if (fingers.size === 0) moved = 0;
    fingers.set(pointerId, [clientX, clientY]);
  };
  const move = ({ pointerId, clientX, clientY }: PointerEvent) => {
    const before = fingers.get(pointerId);
    if (before === undefined) return;
    const now: Finger = [clientX, clientY];
    moved += distance(now, before);
    // Not before: what is captured is clicked nowhere else.
    if (moved <= CLICK_PX) return;
    if (!element.hasPointerCapture(pointerId)) element.setPointerCapture(pointerId);
    const [other] = [...fingers].filter(([id]) => id !== pointerId).map(([, at]) => at);
    fingers.set(pointerId, now);
    movable.move(moving(movable.viewport(), before, now, other, element));
  };
  const up = ({ pointerId }: PointerEvent) => void fingers.delete(pointerId);
  const click = (event: MouseEvent) => {
    // A drag ends with a click that nobody meant.
    if (moved > CLICK_PX) event.stopPropagation();
    moved = 0;
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const factor = Math.exp(-event.deltaY * unit * WHEEL);
    movable.move(
      zoomed(movable.viewport(), factor, ...within(element, event.clientX, event.clientY)),
    );
  };

  const end = new AbortController();
  const { signal } = end;
  element.addEventListener("pointerdown", down, { signal });
  element.addEventListener("pointermove", move, { signal });
  element.addEventListener("pointerup", up, { signal });
  element.addEventListener("pointercancel", up, { signal });
  element.addEventListener("click", click, { capture: true, signal });
  element.addEventListener("wheel", wheel, { passive: false, signal });
  return () => end.abort();
}

/** How much a turn of the wheel zooms. */
const WHEEL = 0.002;

/** One finger drags; of two each zooms, about the middle between them. */
function moving(
  viewport: Viewport,
  before: Finger,
  now: Finger,
  other: Finger | undefined,
  element: Element,
): Viewport {
  if (other === undefined) return panned(viewport, now[0] - before[0], now[1] - before[1]);
  const factor = distance(now, other) / Math.max(distance(before, other), 1);
  return zoomed(
    viewport,
    factor,
    ...within(element, (now[0] + other[0]) / 2, (now[1] + other[1]) / 2),
  );
}

/** A point of the screen as one of the element. */
function within(element: Element, x: number, y: number): [x: number, y: number] {
  const { left, top } = element.getBoundingClientRect();
  return [x - left, y - top];
}

function distance(a: readonly [number, number], b: readonly [number, number]): number {
  return Math.hypot(a[0] - b[0], a[1] - b[1]);
}
