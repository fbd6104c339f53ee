// The floor: the least that puts a removed or overwritten file back with the runtime inside dist/mgmt.
const directory = Deno.args[0] ?? ".";
const wanted = new Map<string, string>();
for (const { name } of Deno.readDirSync(directory)) {
  const path = `${directory}/${name}`;
  wanted.set(path, Deno.readTextFileSync(path));
}
for await (const event of Deno.watchFs(directory, { recursive: false })) {
  if (event.kind !== "remove" && event.kind !== "modify") continue;
  for (const path of event.paths) {
    const content = wanted.get(path);
    if (content === undefined) continue;
    if (event.kind === "modify" && isRight(path, content)) continue;
    Deno.writeTextFileSync(`${path}~`, content);
    Deno.renameSync(`${path}~`, path);
  }
}

function isRight(path: string, content: string): boolean {
  try {
    return Deno.readTextFileSync(path) === content;
  } catch {
    return true; // its removal is told, too
  }
}
