import { DiagnosticError, Diagnostics } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';
import { packageCycle, packageKindsConflict, packageNamedAsRoot, projectTwice } from './errors.ts';
import { type Pinned, pinPackage, type Sources, wishesOf } from './pin-package.ts';
import type { PinnedPackage } from './pinned.ts';
import { type PackageSpec, packageLabel } from './spec.ts';

/** An entry, and the keys of the packages on the way to it. */
interface Wanted {
  readonly spec: PackageSpec;
  readonly way: readonly string[];
}

/**
 * Decides every package's version, dependencies of dependencies included, as dbt does: level by level, a package that
 * is met again with all bounds so far; an earlier decision's dependencies stay. In the order of meeting. Throws
 * DiagnosticError with the mistakes of a level.
 */
export async function resolvePackages(
  sources: Sources,
  specs: readonly PackageSpec[],
  rootName: string,
): Promise<readonly PinnedPackage[]> {
  const all = new Listing();
  let pending = group(specs.map((spec) => ({ spec, way: [] })));
  while (pending.size > 0) {
    const next: Wanted[] = [];
    const found = new Diagnostics();
    const level = [...pending].map(([key, wanted]) => ({ key, wanted, specs: all.add(wanted) }));
    const results = await Promise.allSettled(level.map(({ specs: merged }) => pinOf(sources, merged)));
    for (const [index, result] of results.entries()) {
      const { key, wanted } = level[index]!;
      const pinned = collect(result, found);
      const way = [...wanted[0]!.way, key];
      for (const spec of pinned?.specs ?? []) {
        if (way.some((known) => namesOf(spec).includes(known))) found.add(circle(sources, spec, way));
        else next.push({ spec, way });
      }
    }
    found.throwIfErrors();
    pending = group(next);
  }
  const found = new Diagnostics();
  const pins = (await Promise.allSettled(all.lists().map((list) => pinOf(sources, list)))).flatMap(
    (result) => collect(result, found)?.pin ?? [],
  );
  checkNames(pins, rootName, found);
  found.throwIfErrors();
  return pins;
}

async function pinOf(sources: Sources, specs: readonly PackageSpec[]): Promise<Pinned> {
  const { context } = sources;
  if (new Set(specs.map(({ kind }) => kind)).size === 1) return pinPackage(sources, specs);
  const label = context.texts.show(packageLabel(specs[0]!));
  throw new DiagnosticError(packageKindsConflict(label, wishesOf(context, specs)));
}

function collect<T>(result: PromiseSettledResult<T>, found: Diagnostics): T | undefined {
  if (result.status === 'fulfilled') return result.value;
  return found.collect((): T => {
    throw result.reason;
  });
}

function circle({ context }: Sources, spec: PackageSpec, way: readonly string[]) {
  const from = way.findIndex((known) => namesOf(spec).includes(known));
  const names = [...way.slice(from), way[from]!].map((name) => context.texts.show(name));
  const span: Span | null = spec.span;
  return packageCycle(span, names);
}

function checkNames(pins: readonly PinnedPackage[], rootName: string, found: Diagnostics): void {
  const byName = new Map<string, PinnedPackage>();
  for (const pin of pins) {
    const other = byName.get(pin.name);
    if (pin.name === rootName) found.add(packageNamedAsRoot(pin.name, pin.wishes));
    else if (other !== undefined) found.add(projectTwice(pin.name, [...other.wishes, ...pin.wishes]));
    byName.set(pin.name, pin);
  }
}

/** Every entry so far, by package, in the order of meeting. */
class Listing {
  readonly #lists = new Map<string, PackageSpec[]>();

  /** Adds entries of one package, and gives all of that package. */
  add(wanted: readonly Wanted[]): readonly PackageSpec[] {
    const key = keyIn(this.#lists, wanted[0]!.spec);
    const list = [...(this.#lists.get(key) ?? []), ...wanted.map(({ spec }) => spec)];
    this.#lists.set(key, list);
    return list;
  }

  lists(): readonly (readonly PackageSpec[])[] {
    return [...this.#lists.values()];
  }
}

function group(wanted: readonly Wanted[]): ReadonlyMap<string, readonly Wanted[]> {
  const out = new Map<string, Wanted[]>();
  for (const one of wanted) {
    const key = keyIn(out, one.spec);
    out.set(key, [...(out.get(key) ?? []), one]);
  }
  return out;
}

function keyIn(known: ReadonlyMap<string, unknown>, spec: PackageSpec): string {
  const names = namesOf(spec);
  return names.find((name) => known.has(name)) ?? names[0]!;
}

/** What two entries of one package have in common. A repository is the same with and without `.git`. */
function namesOf(spec: PackageSpec): readonly [string, ...string[]] {
  if (spec.kind === 'tarball') return [spec.url];
  if (spec.kind !== 'git') return [packageLabel(spec)];
  const other = spec.url.endsWith('.git') ? spec.url.slice(0, -4) : `${spec.url}.git`;
  const below = spec.subdirectory === null ? '' : `/${spec.subdirectory}`;
  return [spec.url + below, other + below];
}
