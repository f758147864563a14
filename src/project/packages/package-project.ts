import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DiagnosticError, Diagnostics } from '../../core/diagnostic.ts';
import type { Span } from '../../core/span.ts';
import { readDependencies } from '../dependencies.ts';
import { projectFileName, readProjectFile } from '../project-file.ts';
import { renderTree } from '../render-tree.ts';
import { yamlSpan } from '../yaml/locate.ts';
import { packageProjectMissing, packageProjectUnnamed } from './errors.ts';
import type { PackageContext } from './package-context.ts';
import { readSpecs } from './read-specs.ts';
import type { PackageSpec } from './spec.ts';

/** What installing needs to know of a package's own project. */
export interface PackageProject {
  readonly name: string;
  /** What it depends on in turn. */
  readonly specs: readonly PackageSpec[];
}

export interface PackageProjectPlace {
  readonly directory: string;
  /** How errors call the package. */
  readonly label: string;
  readonly span: Span | null;
  /** The path that errors show for the folder; null: the package's label. */
  readonly shownDirectory: string | null;
  /** Up to the package's parent. */
  readonly wantedBy: readonly string[];
}

/** Reads it. Throws DiagnosticError with every mistake in its files. */
export function readPackageProject(context: PackageContext, place: PackageProjectPlace): PackageProject {
  const { directory, label, span } = place;
  const found = new Diagnostics();
  const shown = (path: string): string => `${place.shownDirectory ?? label}/${path}`;
  if (!existsSync(join(directory, projectFileName))) {
    throw new DiagnosticError(packageProjectMissing(span, label, shown(projectFileName)));
  }
  const name = readProjectFile(directory, found, shown)?.data['name'];
  if (typeof name !== 'string' || name === '') {
    found.throwIfErrors();
    throw new DiagnosticError(packageProjectUnnamed(span, label));
  }
  const specs = dependenciesOf(context, directory, shown, [...place.wantedBy, name], found, true);
  found.throwIfErrors();
  return { name, specs };
}

/** The specs of a project's own files. dbt renders those of a package whichever file they stand in. */
export function dependenciesOf(
  context: PackageContext,
  directory: string,
  shown: (path: string) => string,
  wantedBy: readonly string[],
  found: Diagnostics,
  isPackage: boolean,
): readonly PackageSpec[] {
  const { file, packages, rendered } = readDependencies(directory, found, shown);
  if (file === null || packages.length === 0 || found.errors.length > 0) return [];
  const { path, text } = file.file;
  const entries =
    rendered || isPackage
      ? renderTree({ file: path, text, render: context.render, found }, packages, ['packages'])
      : packages;
  if (found.errors.length > 0) return [];
  return readSpecs(
    {
      entries: entries as readonly unknown[],
      unrendered: packages,
      file: path,
      place: (...at) => yamlSpan(path, text, ['packages', ...at], 'value'),
      wantedBy,
      reveal: context.texts.reveal,
    },
    found,
  );
}
