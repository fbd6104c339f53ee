import { assert, assertEquals } from "@std/assert";
import { BOX_HEIGHT, layOut, type LayoutAnswer } from "../../../../src/web/page/graph/layout.ts";
import {
  fitted,
  nextInDirection,
  showing,
  zoomed,
} from "../../../../src/web/page/graph/viewport.ts";

const box = (id: string) => ({ id, width: 100 });

function overlaps({ places }: LayoutAnswer): boolean {
  const all = [...places.values()];
  return all.some(([x, y], index) =>
    all.slice(index + 1).some(([otherX, otherY]) =>
      Math.abs(x - otherX) < 100 && Math.abs(y - otherY) < BOX_HEIGHT
    )
  );
}

Deno.test("what comes before stands to the left, and no boxes lie on each other", () => {
  const nodes = ["a", "b", "c", "alone", "alone2"].map(box);
  const answer = layOut({ number: 7, nodes, edges: [["a", "b"], ["b", "c"], ["a", "c"]] });
  const x = (id: string) => answer.places.get(id)![0];
  assertEquals(answer.number, 7);
  assert(x("a") < x("b") && x("b") < x("c"));
  assertEquals(answer.places.size, nodes.length);
  assertEquals(answer.ways.length, 3);
  assert(answer.ways.every((way) => way.length >= 2));
  assert(!overlaps(answer));
});

Deno.test("a circle, an edge to itself and nothing at all are laid out, too", () => {
  const circle = layOut({ number: 1, nodes: ["a", "b"].map(box), edges: [["a", "b"], ["b", "a"]] });
  assert(!overlaps(circle));
  assertEquals(layOut({ number: 1, nodes: [], edges: [] }).places.size, 0);
});

Deno.test("many that nothing connects stand in rows, wider than high", () => {
  const nodes = Array.from({ length: 200 }, (_, index) => box(`n${index}`));
  const answer = layOut({ number: 1, nodes, edges: [] });
  assert(!overlaps(answer));
  assert(answer.width > answer.height && answer.width < 4 * answer.height, `${answer.width}`);
});

Deno.test("all is seen when it is fitted, and text stays readable", () => {
  const screen = { width: 800, height: 600 };
  assertEquals(fitted({ width: 100, height: 100 }, screen), { left: 350, top: 250, scale: 1 });
  const small = fitted({ width: 8000, height: 100 }, screen);
  assert(small.scale * 8000 <= 800 && small.scale > 0.08);
  assertEquals(fitted({ width: 80_000, height: 100 }, screen, 0.5).scale, 0.5);
});

Deno.test("zooming leaves the point under the cursor where it is", () => {
  const before = { left: 10, top: 20, scale: 1 };
  const after = zoomed(before, 2, 110, 120);
  assertEquals(after, { left: -90, top: -80, scale: 2 });
  assert(zoomed(after, 1000, 0, 0).scale < 3);
});

Deno.test("what is not seen is moved into view, and what is seen stays", () => {
  const screen = { width: 800, height: 600 };
  const view = { left: 0, top: 0, scale: 1 };
  const size = { width: 100, height: 20 };
  assertEquals(showing(view, screen, 400, 300, size), view);
  assertEquals(showing(view, screen, 1000, 300, size).left, 800 - 1000 - 50 - 24);
});

Deno.test("arrow keys go to the nearest box in their direction", () => {
  const places = new Map<string, readonly [number, number]>([
    ["right", [200, 0]],
    ["far right", [400, 0]],
    ["below", [0, 40]],
    ["below right", [200, 40]],
  ]);
  assertEquals(nextInDirection([0, 0], "right", places), "right");
  assertEquals(nextInDirection([0, 0], "down", places), "below");
  assertEquals(nextInDirection([200, 0], "right", places), "far right");
  assertEquals(nextInDirection([0, 0], "up", places), undefined);
});
