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
import type {
  Answering,
  ServiceAnswer,
  ServiceRequest,
} from "../os/network/listen/http_service.ts";
import type { ControlledAgent, MonitoredAgent } from "./agent.ts";
import { failureObject, statusOf } from "./answers.ts";
import { type Askers, type ControlRequest, type Route, TextAnswer } from "./route.ts";
import { MONITORING_ROUTES, ROUTES } from "./routes.ts";

/** Answers what is asked of an agent by those who may. */
export function controlOf(agent: ControlledAgent, askers: Askers): Answering {
  return answeringOf(agent, { routes: ROUTES, askers });
}

/** Answers what monitoring asks of an agent, and nothing else. */
export function monitoringOf(agent: MonitoredAgent): Answering {
  return answeringOf(agent, { routes: MONITORING_ROUTES, askers: "readers" });
}

/** What may be asked. */
interface Offer<Asked> {
  readonly routes: readonly Route<Asked>[];
  readonly askers: Askers;
}

function answeringOf<Asked>(agent: Asked, offer: Offer<Asked>): Answering {
  return {
    answer: async ({ method, path, body, signal }) => {
      const asked = readAsked({ method, path, body }, offer);
      if (!asked.ok) {
        const isOther = asked.failure.code === "wrong-method";
        return { ...refusal(asked.failure), ...(isOther ? { allow: methodsAt(path, offer) } : {}) };
      }
      const { route, ...request } = asked.value;
      const { askers } = offer;
      const answered = await unlessThrown(() =>
        route.answer({ ...request, askers, signal }, agent)
      );
      if (!answered.ok) return refusal(answered.failure);
      const { value } = answered;
      if (value instanceof TextAnswer) return { status: 200, body: value.text, type: value.type };
      const isStream = Symbol.asyncIterator in value;
      return { status: 200, body: isStream ? lines(value) : JSON.stringify(value) };
    },
    refuse: (status) =>
      refusal(
        status === 413
          ? failure("the request is too large", { code: "too-large" })
          : failure("this is no request in HTTP/1.1", { code: "bad-request" }),
      ),
    times: (method, path) => {
      const route = routeOf(method, path, offer);
      return route.ok ? route.value : {};
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

type RoutedRequest<Asked> = Omit<ControlRequest, "askers" | "signal"> & {
  readonly route: Route<Asked>;
};

function readAsked<Asked>(
  { method, path, body }: Pick<ServiceRequest, "method" | "path" | "body">,
  offer: Offer<Asked>,
): Result<RoutedRequest<Asked>> {
  const route = routeOf(method, path, offer);
  if (!route.ok) return route;
  const given = objectIn(body);
  if (!given.ok) return given;
  const rest = restOf(path.slice(route.value.path.length));
  return rest.ok ? ok({ route: route.value, given: given.value, rest: rest.value }) : rest;
}

function refusal(why: Failure): ServiceAnswer {
  return { status: statusOf(why), body: JSON.stringify({ error: failureObject(why) }) };
}

function routeOf<Asked>(
  method: string,
  path: string,
  { routes, askers }: Offer<Asked>,
): Result<Route<Asked>> {
  const fitting = routesAt(path, routes);
  if (fitting.length === 0) {
    const hint = `there are ${routes.map((route) => `${route.method} ${route.path}`).join(", ")}`;
    return fail(`there is no ${path}`, { code: "unknown-path", hint });
  }
  const found = fitting.find((route) => methodsOf(route).includes(method));
  if (found !== undefined && (askers === "owner" || found.askers === askers)) return ok(found);
  if (found !== undefined) {
    return fail(`${method} ${path} is not for who may only read`, {
      code: "forbidden",
      hint: "ask at control.sock, as the user of the agent or as root",
    });
  }
  return fail(`${path} takes ${fitting[0]!.method}, not ${method}`, { code: "wrong-method" });
}

function routesAt<Asked>(path: string, routes: readonly Route<Asked>[]): readonly Route<Asked>[] {
  return routes.filter((route) =>
    route.path === path || (route.path.endsWith("/") && path.startsWith(route.path))
  );
}

function methodsAt<Asked>(path: string, { routes }: Offer<Asked>): readonly string[] {
  return routesAt(path, routes).flatMap(methodsOf);
}

/** HEAD is GET without the body, which is not sent; what goes on for ever is nothing without it. */
function methodsOf<Asked>({ method, stallMs }: Route<Asked>): readonly string[] {
  return method === "GET" && stallMs === undefined ? ["GET", "HEAD"] : [method];
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

async function* lines(objects: AsyncIterable<object | string>): AsyncIterable<string> {
  for await (const object of objects) {
    yield typeof object === "string" ? object : JSON.stringify(object);
  }
}
