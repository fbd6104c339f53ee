/**
 * The control API: finds the route of a request, and puts its answer into JSON.
 *
 * @module
 */

import { isJsonObject, parseJson } from "../base/json.ts";
import {
  type Awaitable,
  fail,
  type Failure,
  failure,
  ok,
  reasonOf,
  type Result,
} from "../base/result.ts";
import type { Answering, ServiceAnswer } from "../os/network/listen/http_service.ts";
import type { ControlledAgent } from "./agent.ts";
import { failureObject, statusOf } from "./answers.ts";
import type { ControlRequest, Route } from "./route.ts";
import { ROUTES } from "./routes.ts";

/** Answers what is asked of an agent. */
export function controlOf(agent: ControlledAgent): Answering {
  return {
    answer: async ({ method, path, body, signal }) => {
      const asked = readAsked(method, path, body);
      if (!asked.ok) return refusal(asked.failure);
      const { route, ...request } = asked.value;
      const answered = await unlessThrown(() => route.answer({ ...request, signal }, agent));
      if (!answered.ok) return refusal(answered.failure);
      const { value } = answered;
      const isStream = Symbol.asyncIterator in value;
      return { status: 200, body: isStream ? lines(value) : JSON.stringify(value) };
    },
    refuse: (status) =>
      refusal(
        status === 413
          ? failure("the request is too large", { code: "too-large" })
          : failure("this is no request in HTTP/1.1", { code: "bad-request" }),
      ),
    limitMs: (method, path) => {
      const route = routeOf(method, path);
      return route.ok ? route.value.limitMs : undefined;
    },
  };
}

/** What is thrown is a bug, and whoever asked is told of it. */
async function unlessThrown<T>(answer: () => Awaitable<Result<T>>): Promise<Result<T>> {
  try {
    return await answer();
  } catch (thrown) {
    return fail(`this is a bug of mgmt: ${reasonOf(thrown)}`, { code: "bug" });
  }
}

type RoutedRequest = Omit<ControlRequest, "signal"> & { readonly route: Route };

function readAsked(method: string, path: string, body: string): Result<RoutedRequest> {
  const route = routeOf(method, path);
  if (!route.ok) return route;
  const given = objectIn(body);
  if (!given.ok) return given;
  const rest = restOf(path.slice(route.value.path.length));
  return rest.ok ? ok({ route: route.value, given: given.value, rest: rest.value }) : rest;
}

function refusal(why: Failure): ServiceAnswer {
  return { status: statusOf(why), body: JSON.stringify({ error: failureObject(why) }) };
}

function routeOf(method: string, path: string): Result<Route> {
  const fitting = ROUTES.filter((route) =>
    route.path === path || (route.path.endsWith("/") && path.startsWith(route.path))
  );
  if (fitting.length === 0) {
    const hint = `there are ${ROUTES.map((route) => `${route.method} ${route.path}`).join(", ")}`;
    return fail(`there is no ${path}`, { code: "unknown-path", hint });
  }
  const found = fitting.find((route) => route.method === method);
  if (found !== undefined) return ok(found);
  return fail(`${path} takes ${fitting[0]!.method}, not ${method}`, { code: "wrong-method" });
}

/** What came with a request: nothing, or an object. */
function objectIn(body: string): Result<Readonly<Record<string, unknown>>> {
  if (body.trim() === "") return ok({});
  const value = parseJson(body);
  return isJsonObject(value)
    ? ok(value)
    : fail("the body is no JSON object", { code: "bad-request" });
}

function restOf(text: string): Result<string> {
  try {
    return ok(decodeURIComponent(text));
  } catch {
    return fail("the path is not encoded as a URL is", { code: "bad-request" });
  }
}

async function* lines(objects: AsyncIterable<object>): AsyncIterable<string> {
  for await (const object of objects) yield JSON.stringify(object);
}
