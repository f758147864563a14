import { DiagnosticError } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';
import { variableOf } from '../../core/world.ts';
import { hubAnswerInvalid, hubPackageMissing, packageRedirected } from './fetch-errors.ts';
import { getJson } from './http.ts';
import { offlineMissing } from './lock-errors.ts';
import type { PackageContext } from './package-context.ts';

/** One version of a package as the hub tells it. */
export interface HubVersion {
  /** The name of its project, and of its folder. */
  readonly name: string;
  /** Entries as in packages.yml, unchecked. */
  readonly packages: readonly unknown[];
  readonly requireDbtVersion: readonly string[];
  readonly tarballUrl: string;
}

export interface Hub {
  /** Its versions by their text, in the hub's order. Throws DiagnosticError `package-not-found`, and of requests. */
  versionsOf(name: string, span: Span | null): Promise<ReadonlyMap<string, HubVersion>>;
}

const publicHub = 'https://hub.getdbt.com/';

/** A client that asks for each package once. `SLUICE_PACKAGE_HUB_URL` or `DBT_PACKAGE_HUB_URL` names another hub. */
export function hubClient(context: PackageContext): Hub {
  const { env } = context.world;
  const base = variableOf(env, 'PACKAGE_HUB_URL')?.value ?? publicHub;
  const urlOf = (path: string) => `${base.replace(/\/*$/, '/')}api/v1/${path}.json`;
  const known = new Map<string, Promise<ReadonlyMap<string, HubVersion>>>();
  const ask = async (url: string, index: boolean): Promise<unknown> => {
    const shown = context.texts.show(url);
    context.emit({ name: 'hub-asked', url: shown, index, status: null });
    const { status, data } = await getJson(context, url);
    context.emit({ name: 'hub-asked', url: shown, index, status });
    return data;
  };
  const versions = async (name: string, span: Span | null) => {
    if (context.offline) throw new DiagnosticError(offlineMissing(span, name));
    const url = urlOf(name);
    const data = await ask(url, false);
    if (data === null) throw new DiagnosticError(hubPackageMissing(span, name, await index()));
    const redirect = redirectOf(data, name);
    if (redirect !== null) context.report(packageRedirected(name, redirect));
    return versionsIn(data, context.texts.show(url));
  };
  const index = async (): Promise<readonly string[]> => {
    const data = await ask(urlOf('index'), true).catch(() => null);
    return Array.isArray(data) ? data.filter((name) => typeof name === 'string') : [];
  };
  return {
    versionsOf: (name, span) => {
      const asked = known.get(name) ?? versions(name, span);
      known.set(name, asked);
      return asked;
    },
  };
}

type Data = Readonly<Record<string, unknown>>;

const isData = (value: unknown): value is Data =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function redirectOf(data: unknown, name: string): string | null {
  if (!isData(data) || !('redirectnamespace' in data || 'redirectname' in data)) return null;
  const [namespace, own] = name.split('/');
  return `${data['redirectnamespace'] || data['namespace'] || namespace}/${data['redirectname'] || data['name'] || own}`;
}

function versionsIn(data: unknown, url: string): ReadonlyMap<string, HubVersion> {
  if (!isData(data) || !isData(data['versions'])) {
    throw new DiagnosticError(hubAnswerInvalid(url, "a package has 'name' and 'versions'"));
  }
  return new Map(Object.entries(data['versions']).map(([text, version]) => [text, versionOf(version, url)]));
}

function versionOf(version: unknown, url: string): HubVersion {
  const { name, packages, downloads, require_dbt_version: required } = isData(version) ? version : {};
  const tarball = isData(downloads) ? downloads['tarball'] : undefined;
  if (typeof name !== 'string' || typeof tarball !== 'string' || !Array.isArray(packages ?? [])) {
    throw new DiagnosticError(hubAnswerInvalid(url, "a version has 'name', 'packages' and 'downloads'"));
  }
  const bounds = Array.isArray(required) ? required : [required ?? ''];
  return {
    name,
    packages: (packages ?? []) as readonly unknown[],
    requireDbtVersion: bounds.filter((bound) => typeof bound === 'string' && bound !== ''),
    tarballUrl: tarball,
  };
}
