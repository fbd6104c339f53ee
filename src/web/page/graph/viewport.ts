/**
 * Which part of a drawing is seen, and how large.
 *
 * @module
 */

/** A point of the drawing is at `x * scale + left` of the screen. */
export interface Viewport {
  readonly left: number;
  readonly top: number;
  readonly scale: number;
}

/** Width and height. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

const SCALE = { least: 0.08, most: 2.5 } as const;
const MARGIN = 24;

/** All of the drawing; text is not blown up, nor made smaller than `least` allows, from where it begins. */
export function fitted(drawing: Size, screen: Size, least: number = SCALE.least): Viewport {
  const wide = (screen.width - 2 * MARGIN) / Math.max(drawing.width, 1);
  const high = (screen.height - 2 * MARGIN) / Math.max(drawing.height, 1);
  const scale = Math.max(least, Math.min(1, wide, high));
  const middle = (have: number, needed: number) => Math.max(MARGIN, (have - needed * scale) / 2);
  return {
    left: middle(screen.width, drawing.width),
    top: middle(screen.height, drawing.height),
    scale,
  };
}

/** Larger or smaller by a factor; the point of the screen at `x`, `y` stays where it is. */
export function zoomed(view: Viewport, factor: number, x: number, y: number): Viewport {
  const scale = Math.min(SCALE.most, Math.max(SCALE.least, view.scale * factor));
  const by = scale / view.scale;
  return { left: x - (x - view.left) * by, top: y - (y - view.top) * by, scale };
}

/** Moved by so much of the screen. */
export function panned(view: Viewport, x: number, y: number): Viewport {
  return { ...view, left: view.left + x, top: view.top + y };
}

/** Moved as little as needed, so that a box around a point of the drawing is seen. */
export function showing(view: Viewport, screen: Size, x: number, y: number, box: Size): Viewport {
  const need = (at: number, half: number, have: number) => {
    const [from, to] = [at - half - MARGIN, at + half + MARGIN];
    return from < 0 || to - from > have ? -from : to > have ? have - to : 0;
  };
  const halfWidth = box.width / 2 * view.scale;
  const halfHeight = box.height / 2 * view.scale;
  return panned(
    view,
    need(x * view.scale + view.left, halfWidth, screen.width),
    need(y * view.scale + view.top, halfHeight, screen.height),
  );
}

/** The nearest of some points into a direction, by the keys of arrows; undefined: there is none. */
export function nextInDirection(
  from: readonly [number, number],
  direction: "left" | "right" | "up" | "down",
  places: Iterable<readonly [id: string, place: readonly [number, number]]>,
): string | undefined {
  const horizontal = direction === "left" || direction === "right";
  const sign = direction === "left" || direction === "up" ? -1 : 1;
  let best: string | undefined;
  let least = Infinity;
  for (const [id, [x, y]] of places) {
    const along = (horizontal ? x - from[0] : y - from[1]) * sign;
    const aside = Math.abs(horizontal ? y - from[1] : x - from[0]);
    if (along <= 1) continue;
    // Along the layers rather than across them.
    const distance = along + aside * (horizontal ? 2 : 4);
    if (distance < least) [best, least] = [id, distance];
  }
  return best;
}
