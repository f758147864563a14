import { join } from 'node:path';
import { DiagnosticError, type Diagnostics } from '../../core/diagnostic.ts';
import { replaceFile } from '../../core/replace-file.ts';
import { type DataFile, readDataFile } from '../data-file.ts';
import { renderTree } from '../render-tree.ts';
import { yamlSpan } from '../yaml/locate.ts';
import { lockInvalid, lockScrubbed } from './lock-errors.ts';
import type { PackageContext } from './package-context.ts';
import { type PinnedPackage, pinEntry } from './pinned.ts';
import { readSpecs } from './read-specs.ts';
import type { PackageSpec } from './spec.ts';
import { lockYaml } from './yaml-text.ts';

/** dbt's lock. */
export interface PackageLock {
  /** Of the packages that it was made for; null where the file does not say. */
  readonly hash: string | null;
  readonly file: DataFile;
}

const lockName = 'package-lock.yml';

/** Null where there is none. */
export function readPackageLock(directory: string, found: Diagnostics): PackageLock | null {
  const file = readDataFile(directory, lockName, found);
  if (file === null) return null;
  const { sha1_hash: hash } = file.data;
  return { hash: typeof hash === 'string' ? hash : null, file };
}

/** What a lock names, with the names of the projects, in its order. Its URLs are templates, as those of packages.yml. */
export function lockedSpecs(
  { file }: PackageLock,
  context: PackageContext,
  rootName: string,
  found: Diagnostics,
): readonly (readonly [name: string | null, spec: PackageSpec])[] {
  const { path, text } = file.file;
  const unrendered = file.data['packages'] ?? [];
  if (!Array.isArray(unrendered)) {
    throw new DiagnosticError(lockInvalid(yamlSpan(path, text, ['packages'], 'value'), path));
  }
  const entries = renderTree({ file: path, text, render: context.render, found }, unrendered, ['packages']);
  const specs = readSpecs(
    {
      entries: entries as readonly unknown[],
      unrendered,
      file: path,
      place: (...at) => yamlSpan(path, text, ['packages', ...at], 'value'),
      wantedBy: [rootName],
      reveal: context.texts.reveal,
    },
    found,
  );
  return specs.map((spec) => {
    const { name } = spec.hashed;
    return [typeof name === 'string' ? name : null, spec];
  });
}

/** Writes the lock in dbt's very form. */
export function writePackageLock(
  context: PackageContext,
  pins: readonly PinnedPackage[],
  hash: string,
): void {
  const packages = pins.map((pin) => {
    const entry = pinEntry(pin, context.texts.scrub);
    const url = entry['git'] ?? entry['tarball'];
    if (url !== undefined && 'unrenderedUrl' in pin && url !== pin.unrenderedUrl)
      context.report(lockScrubbed(url));
    return entry;
  });
  const path = join(context.directory, lockName);
  replaceFile(path, (write) => write(lockYaml({ packages, sha1_hash: hash })), {
    durable: true,
  });
  context.emit({ name: 'package-lock-written', path });
}
