import { chainOk } from "../../../base/chain.ts";
import { LIMITS } from "../../../base/limits.ts";
import { fail, ok } from "../../../base/result.ts";
import type { Awaitable, Result } from "../../../base/result.ts";
import type { KindContext } from "../../../kind/kind.ts";
import type { Shape } from "../entry.ts";
import type { FileParams } from "../params.ts";
import { headed, isHeaded, withHeader } from "./headed_content.ts";

/**
 * What should be at the path of a file whose content gets a header. Where the header says that it comes
 * from does not count in what is there: a resource that moves in its graph rewrites nothing.
 */
export function headedShape(
  { path, header }: FileParams,
  shape: Shape,
  context: KindContext,
): Awaitable<Result<Shape>> {
  if (shape.type !== "file") return ok(shape);
  return chainOk(bytesOf(shape.content, context), (content) => {
    const made = headed(path, content, header === true ? undefined : header);
    if (!made.ok) return made;
    const bytes = withHeader(made.value, context.headerText ?? "");
    const isRight = (seen: Uint8Array) => isHeaded(made.value, seen);
    return ok({ ...shape, content: bytes, size: bytes.length, isRight });
  });
}

function bytesOf(
  content: Extract<Shape, { type: "file" }>["content"],
  { host, signal }: KindContext,
): Awaitable<Result<Uint8Array>> {
  if (content instanceof Uint8Array) return ok(content);
  const source = content.copyOf;
  const looked = host.files.look(source, { contentUpToBytes: LIMITS.headedFileBytes, signal });
  return chainOk(looked, (sight) => {
    if (sight.type === "file" && sight.content !== undefined) return ok(sight.content);
    return fail(
      `${source} is larger than ${LIMITS.headedFileBytes} bytes, so its copy can have no header`,
      { code: "header", hint: "take header away" },
    );
  });
}
