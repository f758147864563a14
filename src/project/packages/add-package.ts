import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiagnosticError, Diagnostics } from '../../core/diagnostic.ts';
import { replaceFile } from '../../core/replace-file.ts';
import { isMissing } from '../../core/system-error.ts';
import { readDependencies } from '../dependencies.ts';
import { isMapping, recordOf } from '../yaml/mapping.ts';
import { yamlPackage } from '../yaml/package.ts';
import { addedVersionMissing, addedVersionUnused } from './errors.ts';
import type { PackageContext } from './package-context.ts';

export type PackageSource = 'hub' | 'git' | 'local';

/** What `--add-package` asks for. */
export interface AddedPackage {
  readonly name: string;
  /** A version, a range with commas in it, or a revision; null where none is given. */
  readonly version: string | null;
  readonly source: PackageSource;
}

/** Reads `name@version`. The `@` of `git@host:path` and of `https://token@host` is none before a version. */
export function parseAddedPackage(text: string, source: PackageSource): AddedPackage {
  const at = text.lastIndexOf('@');
  const version = text.slice(at + 1);
  const isVersion =
    at > 0 &&
    version !== '' &&
    !(source === 'git' ? /[:]|\/.*\.git$|^[^/]*\.[a-z]+\// : /[/:]/).test(version);
  const added = isVersion
    ? { name: text.slice(0, at), version, source }
    : { name: text, version: null, source };
  if (source === 'hub' && added.version === null) throw new DiagnosticError(addedVersionMissing(text));
  if (source === 'local' && added.version !== null) throw new DiagnosticError(addedVersionUnused(text));
  return added;
}

/**
 * Writes the package into the file that has the list of packages, or into a new packages.yml, in the place of entries
 * for the same package. The rest of the file, comments too, stays.
 */
export async function addPackage(context: PackageContext, added: AddedPackage): Promise<void> {
  const { directory, emit } = context;
  const found = new Diagnostics();
  const { file, packages } = readDependencies(directory, found);
  found.throwIfErrors();
  const path = join(directory, file?.file.path ?? 'packages.yml');
  const text = await readFile(path, 'utf8').catch((caught: unknown) => {
    if (isMissing(caught)) return 'packages: []\n';
    throw caught;
  });
  const document = yamlPackage().parseDocument(text, { version: '1.1' });
  const twins = packages.flatMap((entry, index) => (isTwin(entry, added.name) ? [index] : []));
  for (const index of twins.toReversed()) {
    emit({ name: 'package-entry-removed', entry: shownEntry(packages[index]) });
    document.deleteIn(['packages', index]);
  }
  const entry = document.createNode(entryOf(added));
  const left = document.getIn(['packages']);
  if (yamlPackage().isSeq(left) && left.items.length > 0) left.add(entry);
  else document.setIn(['packages'], document.createNode([entry]));
  replaceFile(path, (write) => write(document.toString({ lineWidth: 0 })), { durable: true });
  emit({ name: 'package-added', package: context.texts.show(added.name), version: added.version, path });
}

function entryOf({ name, version, source }: AddedPackage): Readonly<Record<string, unknown>> {
  if (source === 'local') return { local: name };
  if (source === 'git') return { git: name, ...(version === null ? {} : { revision: version }) };
  const versions = (version ?? '').split(',');
  return { package: name, version: versions.length > 1 ? versions : version };
}

/** dbt's rule: an address that has the name, or its last part, as a word; `_` and `-` are the same. */
function isTwin(entry: unknown, name: string): boolean {
  if (!isMapping(entry)) return false;
  const { package: hub, git, local, tarball, private: own } = recordOf(entry);
  const address = hub ?? git ?? local ?? tarball ?? own;
  if (typeof address !== 'string') return false;
  const spellings = (text: string): string[] => [text, text.replaceAll('_', '-'), text.replaceAll('-', '_')];
  const names = [...spellings(name), ...spellings(name.split('/').at(-1)!)];
  return names.some((one) => {
    const at = one === '' ? -1 : address.indexOf(one);
    if (at < 0) return false;
    const before = address[at - 1] ?? '/';
    const behind = address[at + one.length] ?? '/';
    return '/.'.includes(before) && '/.'.includes(behind);
  });
}

function shownEntry(entry: unknown): Readonly<Record<string, string | number>> {
  const values = isMapping(entry) ? Object.entries(recordOf(entry)) : [];
  return Object.fromEntries(
    values.filter((pair): pair is [string, string | number] => ['string', 'number'].includes(typeof pair[1])),
  );
}
