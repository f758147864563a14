/** The order of a model's versions: by number where both are numbers, else by text. */
export function isOlderVersion(a: string | number, b: string | number): boolean {
  const [x, y] = [Number(a), Number(b)];
  return Number.isNaN(x) || Number.isNaN(y) ? String(a) < String(b) : x < y;
}

/** The highest of them; at least one is given. */
export const newestVersion = (versions: readonly (string | number)[]): string | number =>
  versions.reduce((a, b) => (isOlderVersion(a, b) ? b : a));
