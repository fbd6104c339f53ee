import { fanotifyRefusal } from "../../../os/native/fanotify_probe.ts";
import type { DoctorCheck } from "../finding.ts";

/** Whether the kernel says who changes files. */
export const authors: DoctorCheck = {
  area: "authors",
  looksAt: "whether the kernel lets the agent know who changes files (fanotify)",
  look: ({ uid }) => {
    if (uid !== 0) {
      const message = "who changes files is not known to an agent that is not root's";
      return { fine: "", findings: [{ code: "authors-unknown", message }] };
    }
    const why = fanotifyRefusal();
    if (why !== undefined) {
      const message = `the kernel does not tell who changes files (fanotify): ${why}`;
      return { fine: "", findings: [{ code: "authors-unknown", message }] };
    }
    return { fine: "who changes files can be known", findings: [] };
  },
};
