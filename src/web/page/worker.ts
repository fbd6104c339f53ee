/**
 * The worker of the page: lays graphs out, so that nothing stands still meanwhile.
 *
 * @module
 */

import { layOut, type LayoutQuestion } from "./graph/layout.ts";

addEventListener("message", ({ data }: MessageEvent<LayoutQuestion>) => {
  postMessage(layOut(data));
});
