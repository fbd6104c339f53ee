/**
 * How somebody else undoes what a resource of an example says, for every kind that heals.
 *
 * @module
 */

import type { KindName, KindParams } from "../../src/resources/registry.ts";
import { shell, within } from "./program.ts";

/** By kind: undoes what the parameters of a resource ask for. */
const HARM: { readonly [Name in KindName]?: (params: KindParams<Name>) => Promise<void> } = {
  file: async ({ path, type }) => {
    if (type === "absent") return await Deno.writeTextFile(path, "here again");
    // It may be on its way back, after harm to what it is in.
    await within(30_000, () => exists(path), `${path} is not there`);
    // Moved away, not removed piece by piece: what is in it would be back before the rest is gone.
    await Deno.rename(path, `${path}.gone`);
  },
  archive: async ({ path }) => {
    await within(30_000, () => exists(`${path}/README`), `${path} is not unpacked`);
    await put(`${path}/README`, "edited");
  },
  git: async ({ path }) => {
    await within(30_000, () => exists(`${path}/f`), `${path} is not cloned`);
    await put(`${path}/f`, "edited");
  },
  download: async ({ path }) => await put(path, "edited"),
  svc: async ({ unit }) => {
    await shell(`systemctl stop ${unit}`);
  },
  pkg: async ({ name }) => {
    await shell(`dpkg --remove ${name}`);
  },
  user: async ({ name, absent }) => {
    await shell(absent ? `useradd ${name}` : `userdel -f ${name}`);
  },
  group: async ({ name, absent }) => {
    await shell(absent ? `groupadd ${name}` : `groupdel -f ${name}`);
  },
  authorized_key: async ({ path, absent, type, blob }) => {
    await put(path, absent ? `${type} ${blob}\n` : "");
  },
  timezone: async () => {
    await shell("ln -sfn /usr/share/zoneinfo/Asia/Tokyo /etc/localtime");
  },
  sudoers: async ({ path }) => {
    await shell(`rm ${path}`);
  },
  hosts: async ({ path, absent, names }) => {
    await put(path, absent ? `192.0.2.1 ${names[0]}\n` : "# nothing\n");
  },
  known_host: async ({ path }) => await put(path, "# nothing\n"),
  sysctl: async ({ path, file, persist }) => {
    await shell(persist ? `rm ${file}` : `echo 0 >${path}`);
  },
  hostname: async () => {
    await shell("echo harmed >/etc/hostname");
  },
  cron: async ({ timer, absent, files }) => {
    if (absent) await Deno.writeTextFile(`/etc/systemd/system/${timer}`, "[Timer]\n");
    else await shell(`systemctl stop ${timer}; rm ${files[0]?.path}`);
  },
  mount: async ({ path, state }) => {
    if (state === "mounted") return void await shell(`umount -R ${path}`);
    await shell(`mkdir -p ${path} && mount -t tmpfs tmpfs ${path}`);
  },
  ini: async ({ path }) => await put(path, "[other]\n"),
  yaml: async ({ path }) => await put(path, "other: 1\n"),
  json: async ({ path }) => await put(path, "{}"),
  toml: async ({ path }) => await put(path, ""),
  line: async ({ path, absent, wish }) => {
    const text = await Deno.readTextFile(path);
    const [first = ""] = wish.type === "block"
      ? wish.lines
      : wish.type === "line"
      ? [wish.text]
      : [];
    const harmed = absent ? `${text}${first}\n` : text.replace(first, "other");
    await put(path, harmed);
  },
};

/** What undoes resources of a kind, which gets their parameters; undefined: nothing is known. */
export function harmOf(kind: string): ((params: unknown) => Promise<void>) | undefined {
  const harm: Readonly<Record<string, ((params: never) => Promise<void>) | undefined>> = HARM;
  return harm[kind] as ((params: unknown) => Promise<void>) | undefined;
}

/** At once: a file that is empty for a moment would be healed, or refused, before the harm is in it. */
async function put(path: string, text: string): Promise<void> {
  await Deno.writeTextFile(`${path}.new`, text);
  await Deno.rename(`${path}.new`, path);
}

function exists(path: string): boolean {
  try {
    Deno.lstatSync(path);
    return true;
  } catch {
    return false;
  }
}
