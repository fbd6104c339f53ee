/** The time of the browser that shows the page: one clock for all of it. */

import { createStandardClock } from "../../os/standard_clock.ts";

export const pageClock = createStandardClock();
