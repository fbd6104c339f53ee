/**
 * How somebody else undoes what a resource of an example says, for every kind that heals.
 *
 * @module
 */

import type { LineWish } from "../../src/resources/line/params.ts";
import { shell, within } from "./program.ts";

/** By kind: undoes what the parameters of a resource ask for. */
export const HARM: Record<string, (params: unknown) => Promise<void>> = {
  file: async (params) => {
    const { path, type } = params as { path: string; type: string };
    if (type === "absent") return await Deno.writeTextFile(path, "here again");
    // It may be on its way back, after harm to what it is in.
    await within(5000, () => exists(path), `${path} is not there`);
    // Moved away, not removed piece by piece: what is in it would be back before the rest is gone.
    await Deno.rename(path, `${path}.gone`);
  },
  svc: async (params) => {
    const { unit } = params as { unit: string };
    await shell(`systemctl stop ${unit}`);
  },
  pkg: async (params) => {
    const { name } = params as { name: string };
    await shell(`dpkg --remove ${name}`);
  },
  user: async (params) => {
    const { name, absent } = params as { name: string; absent: boolean };
    await shell(absent ? `useradd ${name}` : `userdel -f ${name}`);
  },
  group: async (params) => {
    const { name, absent } = params as { name: string; absent: boolean };
    await shell(absent ? `groupadd ${name}` : `groupdel -f ${name}`);
  },
  sysctl: async (params) => {
    const { path, file, persist } = params as { path: string; file: string; persist: boolean };
    await shell(persist ? `rm ${file}` : `echo 0 >${path}`);
  },
  hostname: async () => {
    await shell("echo harmed >/etc/hostname");
  },
  cron: async (params) => {
    const { timer, absent, files } = params as {
      timer: string;
      absent: boolean;
      files: readonly { path: string }[];
    };
    if (absent) await Deno.writeTextFile(`/etc/systemd/system/${timer}`, "[Timer]\n");
    else await shell(`systemctl stop ${timer}; rm ${files[0]?.path}`);
  },
  mount: async (params) => {
    const { path, state } = params as { path: string; state: string };
    if (state === "mounted") return void await shell(`umount -R ${path}`);
    await shell(`mkdir -p ${path} && mount -t tmpfs tmpfs ${path}`);
  },
  line: async (params) => {
    const { path, absent, wish } = params as { path: string; absent: boolean; wish: LineWish };
    const text = await Deno.readTextFile(path);
    const [first = ""] = wish.type === "block"
      ? wish.lines
      : wish.type === "line"
      ? [wish.text]
      : [];
    const harmed = absent ? `${text}${first}\n` : text.replace(first, "other");
    // At once: a file that is empty for a moment would be healed before the harm is in it.
    await Deno.writeTextFile(`${path}.new`, harmed);
    await Deno.rename(`${path}.new`, path);
  },
};

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
