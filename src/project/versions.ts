/** One bound on dbt's version: `>=1.3.0`. */
export interface VersionBound {
  readonly operator: '=' | '>' | '>=' | '<' | '<=';
  readonly version: Version;
  readonly text: string;
}

export interface Version {
  readonly numbers: readonly [number, number, number];
  /** Parts of a pre-release, `rc1`; null for a release. */
  readonly prerelease: readonly string[] | null;
}

const pattern =
  /^(>=|<=|>|<|=)?(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(?:-?([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]*)?$/;

/** Reads a bound as dbt writes it, all three numbers given; null where it is none. Blanks around it are allowed. */
export function parseVersionBound(source: string): VersionBound | null {
  const match = pattern.exec(source.trim());
  if (match === null) return null;
  const [, operator, major, minor, patch, prerelease] = match;
  return {
    operator: (operator ?? '=') as VersionBound['operator'],
    version: {
      numbers: [Number(major), Number(minor), Number(patch)],
      prerelease: prerelease?.split('.') ?? null,
    },
    text: source.trim(),
  };
}

/** Whether a version (`1.11.16`) keeps within every bound. */
export function satisfiesAll(version: string, bounds: readonly VersionBound[]): boolean {
  const installed = parseVersionBound(version);
  if (installed === null) throw new Error(`no version: ${version}`);
  return bounds.every((bound) => satisfies(installed.version, bound));
}

/** True where no version at all keeps within the bounds. */
export function isImpossible(bounds: readonly VersionBound[]): boolean {
  return bounds.some((a, index) => bounds.slice(index + 1).some((b) => excludes(a, b)));
}

function satisfies(version: Version, { operator, version: limit }: VersionBound): boolean {
  const order = compareVersions(version, limit);
  switch (operator) {
    case '=':
      return order === 0;
    case '>':
      return order > 0;
    case '>=':
      return order >= 0;
    case '<':
      return order < 0 && !isPrereleaseOf(version, limit);
    default:
      return order <= 0;
  }
}

/** `<2.0.0` is not meant to let `2.0.0-rc1` in. */
function isPrereleaseOf(version: Version, limit: Version): boolean {
  if (version.prerelease === null || limit.prerelease !== null) return false;
  return version.numbers.every((number, index) => number === limit.numbers[index]);
}

function excludes(a: VersionBound, b: VersionBound): boolean {
  if (a.operator === '=') return !satisfies(a.version, b);
  if (b.operator === '=') return !satisfies(b.version, a);
  const [lower, upper] = a.operator.startsWith('>') ? [a, b] : [b, a];
  if (!lower.operator.startsWith('>') || !upper.operator.startsWith('<')) return false;
  const order = compareVersions(lower.version, upper.version);
  return order > 0 || (order === 0 && (lower.operator === '>' || upper.operator === '<'));
}

/** Negative where `a` is the older one; a pre-release is older than its release. */
export function compareVersions(a: Version, b: Version): number {
  for (const index of [0, 1, 2] as const) {
    const order = a.numbers[index] - b.numbers[index];
    if (order !== 0) return order;
  }
  if (a.prerelease === null || b.prerelease === null) {
    return Number(b.prerelease !== null) - Number(a.prerelease !== null);
  }
  return comparePrereleases(a.prerelease, b.prerelease);
}

/** Numbers before words, a shorter list before the longer one that begins with it. */
function comparePrereleases(a: readonly string[], b: readonly string[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index += 1) {
    const left = a[index];
    const right = b[index];
    if (left === undefined || right === undefined) return left === undefined ? -1 : 1;
    if (left === right) continue;
    const numeric = [/^\d+$/.test(left), /^\d+$/.test(right)] as const;
    if (numeric[0] && numeric[1]) return Number(left) - Number(right);
    if (numeric[0] !== numeric[1]) return numeric[0] ? -1 : 1;
    return left < right ? -1 : 1;
  }
  return 0;
}
