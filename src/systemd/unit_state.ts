/**
 * What the manager says of a unit, put together from several answers.
 *
 * @module
 */

import { type Failure, ok, type Result } from "../base/result.ts";
import type { BusScope } from "./bus/address.ts";
import type { Bus } from "./bus/bus.ts";
import { readInstallSection } from "./install_section.ts";
import {
  aboutUnit,
  allProperties,
  callManager,
  JOB,
  type Properties,
  propertyOf,
  UNIT,
} from "./manager.ts";
import type { UnitFileState, UnitState } from "./services.ts";
import { unitDirectories, unitObject } from "./unit_names.ts";

/** Of whom it is asked, and until when. */
export interface LookContext {
  readonly bus: Bus;
  readonly scope: BusScope;
  readonly signal?: AbortSignal | undefined;
}

/** A unit as the manager has loaded it. */
export interface LoadedUnit {
  readonly properties: Properties;
  /** Whether it is enabled, read from the disk; undefined: that was not asked. */
  readonly file?: Result<string>;
}

/** What the manager calls a unit that it knows by another name. */
export function realName({ properties }: LoadedUnit): string {
  return String(properties["Id"]);
}

/** The manager loads a unit when its object is asked; all that is wanted is asked at once. */
export async function loadUnit(
  unit: string,
  quick: boolean,
  { bus, signal }: LookContext,
): Promise<Result<LoadedUnit>> {
  const asked = allProperties(bus, unitObject(unit), UNIT, signal);
  const file = quick ? undefined : fileState(unit, { bus, signal });
  const properties = await asked;
  if (!properties.ok) {
    return { ok: false, failure: aboutUnit("look at", unit, properties.failure) };
  }
  const loaded: LoadedUnit = { properties: properties.value };
  if (file === undefined) return ok(loaded);
  const name = realName(loaded);
  return ok({ ...loaded, file: await (name === unit ? file : fileState(name, { bus, signal })) });
}

/** Completes what is known of a unit. */
export async function unitState(
  { properties, file }: LoadedUnit,
  context: LookContext,
): Promise<UnitState> {
  const name = String(properties["Id"]);
  const load = String(properties["LoadState"]);
  const [, loadError] = (properties["LoadError"] ?? ["", ""]) as [string, string];
  const fragmentPath = String(properties["FragmentPath"]);
  const remembered = String(properties["UnitFileState"]);
  const isBad = file?.ok === false && load !== "not-found";
  const found = file === undefined ? remembered : file.ok ? file.value : isBad ? "bad" : "";
  const dropInPaths = texts(properties["DropInPaths"]);
  const install = file === undefined || found !== "indirect"
    ? {}
    : { install: await installOf(name, [fragmentPath, ...dropInPaths], context) };
  return {
    name,
    load,
    active: String(properties["ActiveState"]),
    sub: String(properties["SubState"]),
    job: await jobType(properties, context),
    file: found,
    ...install,
    names: texts(properties["Names"]),
    startedBy: ["WantedBy", "RequiredBy", "UpheldBy"].flatMap((key) => texts(properties[key])),
    triggeredBy: texts(properties["TriggeredBy"]),
    canStart: properties["CanStart"] === true,
    canStop: properties["CanStop"] === true,
    canReload: properties["CanReload"] === true,
    fragmentPath,
    dropInPaths,
    sourcePath: String(properties["SourcePath"] ?? ""),
    isInMasksPlace: fragmentPath === `${unitDirectories(context.scope)[0]}/${name}` &&
      load !== "masked",
    unmet: unmet(properties),
    loadError: isBad ? file.failure.message : loadError,
  };
}

/** UnitFileState of a unit. */
async function fileState(unit: string, { bus, signal }: Omit<LookContext, "scope">) {
  const call = { signature: "s", body: [unit] };
  const answer = await callManager(bus, "GetUnitFileState", call, signal);
  return answer.ok ? ok(String(answer.value[0])) : refused(answer.failure);
}

function refused(failure: Failure): Result<never> {
  return { ok: false, failure };
}

async function installOf(unit: string, paths: readonly string[], context: LookContext) {
  const { hasRules, also } = await readInstallSection(unit, paths);
  const states = also.map(async (name): Promise<UnitFileState> => {
    const state = await fileState(name, context);
    return { name, file: state.ok ? state.value : "" };
  });
  return { hasRules, also: await Promise.all(states) };
}

async function jobType(properties: Properties, { bus, signal }: LookContext): Promise<string> {
  const [id, path] = (properties["Job"] ?? [0, "/"]) as [number, string];
  return id === 0 ? "" : await propertyOf(bus, path, JOB, "JobType", signal);
}

/** Conditions and assertions whose last test said no: name, trigger, negated, parameter, result. */
function unmet(properties: Properties): string[] {
  const lists = [
    ...(properties["ConditionResult"] === false ? [properties["Conditions"]] : []),
    ...(properties["AssertResult"] === false ? [properties["Asserts"]] : []),
  ] as [string, boolean, boolean, string, number][][];
  return lists.flat().filter(([, , , , result]) => result < 0)
    .map(([name, , negated, parameter]) => `${name}=${negated ? "!" : ""}${parameter}`);
}

function texts(value: unknown): readonly string[] {
  return (value ?? []) as string[];
}
