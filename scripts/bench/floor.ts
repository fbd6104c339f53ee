// The floor: the least that puts a removed file back with the runtime inside dist/mgmt.
const directory = Deno.args[0] ?? ".";
const wanted = new Map<string, string>();
for (const { name } of Deno.readDirSync(directory)) {
  const path = `${directory}/${name}`;
  wanted.set(path, Deno.readTextFileSync(path));
}
for await (const event of Deno.watchFs(directory, { recursive: false })) {
  if (event.kind !== "remove") continue;
  for (const path of event.paths) {
    const content = wanted.get(path);
    if (content === undefined) continue;
    Deno.writeTextFileSync(`${path}~`, content);
    Deno.renameSync(`${path}~`, path);
  }
}
