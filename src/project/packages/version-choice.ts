import { compareVersions, parseVersionBound, satisfiesAll, type VersionBound } from '../versions.ts';

export interface VersionRequest {
  /** In any order; what is no version is passed over. */
  readonly available: readonly string[];
  /** All of them must hold. */
  readonly bounds: readonly VersionBound[];
  /** Take pre-releases too; they are taken in any case where a bound names one. */
  readonly prereleases: boolean;
}

export interface VersionChoice {
  /** The newest within the bounds; null where none is. */
  readonly version: string | null;
  /** The newest that could be installed, bounds aside. */
  readonly latest: string | null;
  /** What could be installed, oldest first. */
  readonly installable: readonly string[];
}

/** Chooses as dbt does. `<2.0.0` leaves out the pre-releases of 2.0.0. */
export function chooseVersion({ available, bounds, prereleases }: VersionRequest): VersionChoice {
  const withPrereleases = prereleases || bounds.some(({ version }) => version.prerelease !== null);
  const installable = available
    .flatMap((text) => {
      const parsed = parseVersionBound(text);
      if (parsed === null || parsed.operator !== '=') return [];
      return parsed.version.prerelease === null || withPrereleases ? { text, version: parsed.version } : [];
    })
    .sort((a, b) => compareVersions(a.version, b.version))
    .map(({ text }) => text);
  return {
    version: installable.findLast((text) => satisfiesAll(text, bounds)) ?? null,
    latest: installable.at(-1) ?? null,
    installable,
  };
}
