import { file, group, type Inputs, pkg, user } from "mgmt";

/** What data/people.yaml says of one person. */
interface Person {
  uid?: number;
  shell?: string;
  admin?: boolean;
  keys?: string[];
  left?: boolean;
}

/** Accounts of those who may be here, with their keys; who left is gone everywhere. */
export function people({ data }: Inputs, here: string[]) {
  const all = data<Record<string, Person>>("data/people.yaml");
  const admins = here.filter((name) => all[name]?.admin);

  group("remote", { members: here });
  file("/etc/sudoers.d/admins", {
    content: admins.map((name) => `${name} ALL=(ALL) NOPASSWD: ALL\n`).join(""),
    mode: "0440",
    require: pkg("sudo"),
    validate: "visudo -cf %s",
  });
  for (const name of here) account(name, all[name]);
  for (const [name, { left }] of Object.entries(all)) {
    if (left) user(name, { state: "absent", remove_home: true });
  }
}

function account(name: string, person: Person | undefined) {
  if (person === undefined) throw new Error(`data/people.yaml says nothing of ${name}`);
  const { uid, shell = "/bin/bash", keys = [] } = person;
  user(name, { uid, shell, home: `/home/${name}`, manage_home: true });
  const own = { owner: name, group: name };
  file(`/home/${name}/.ssh/`, { ...own, mode: "0700" });
  file(`/home/${name}/.ssh/authorized_keys`, {
    ...own,
    mode: "0600",
    content: keys.map((key) => `${key}\n`).join(""),
  });
}
