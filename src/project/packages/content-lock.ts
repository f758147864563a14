import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DiagnosticError } from '../../core/diagnostic.ts';
import { replaceFile } from '../../core/replace-file.ts';
import { isMissing } from '../../core/system-error.ts';
import { yamlSpan } from '../yaml/locate.ts';
import { isMapping, recordOf } from '../yaml/mapping.ts';
import { readYaml } from '../yaml/read-yaml.ts';
import { lockInvalid } from './lock-errors.ts';
import { type GitPin, type PinnedPackage, pinEntry } from './pinned.ts';
import { lockYaml } from './yaml-text.ts';

/** What a locked package held when it was locked, as sha256. */
export interface LockedContent {
  /** Of the archive; null for git. */
  readonly archive: string | null;
  /** Of the unpacked files; see `treeContent`. */
  readonly tree: string;
  /** The tag that gave a git package its commit. */
  readonly tag: string | null;
}

/** `sluice-lock.yml`. dbt's own lock has no place for it. */
export interface ContentLock {
  /** By `contentKey`. */
  readonly contents: ReadonlyMap<string, LockedContent>;
  /** Commits by `tagKey`. */
  readonly tags: ReadonlyMap<string, string>;
}

export const contentLockName = 'sluice-lock.yml';

type Scrub = (text: string) => string;

/** Names a pin in a content lock: the same place and version have the same key. Local packages have none. */
export function contentKey(pin: PinnedPackage, scrub: Scrub): string | null {
  return pin.kind === 'local' ? null : keyOf(pinEntry(pin, scrub));
}

/** Names a tag of a repository in a content lock. */
export function tagKey(pin: GitPin, tag: string, scrub: Scrub): string {
  return tagKeyOf(pinEntry(pin, scrub), tag);
}

const pinKeys = ['package', 'version', 'git', 'revision', 'subdirectory', 'tarball', 'name'];

const keyOf = (entry: Readonly<Record<string, unknown>>): string =>
  JSON.stringify(pinKeys.map((key) => entry[key] ?? null));

const tagKeyOf = ({ git, subdirectory }: Readonly<Record<string, unknown>>, tag: unknown): string =>
  JSON.stringify([git, subdirectory ?? null, tag]);

const sha256 = /^[0-9a-f]{64}$/;

/** Reads it; empty where there is none. Throws DiagnosticError `package-lock-invalid`, and of YAML. */
export async function readContentLock(directory: string): Promise<ContentLock> {
  const text = await readFile(join(directory, contentLockName), 'utf8').catch((caught) => {
    if (isMissing(caught)) return null;
    throw caught;
  });
  const contents = new Map<string, LockedContent>();
  const tags = new Map<string, string>();
  if (text === null) return { contents, tags };
  const { data } = readYaml(text, contentLockName, { family: 'Runtime Error' });
  const refuse = (...path: (string | number)[]): never => {
    throw new DiagnosticError(lockInvalid(yamlSpan(contentLockName, text, path, 'value'), contentLockName));
  };
  const packages = isMapping(data) ? recordOf(data)['packages'] : undefined;
  if (!Array.isArray(packages)) return refuse();
  for (const [index, entry] of packages.entries()) {
    const record = isMapping(entry) ? recordOf(entry) : refuse('packages', index);
    const { archive = null, tree, tag = null } = record;
    const isHash = (value: unknown): value is string => typeof value === 'string' && sha256.test(value);
    if (!isHash(tree)) return refuse('packages', index, 'tree');
    if (archive !== null && !isHash(archive)) return refuse('packages', index, 'archive');
    contents.set(keyOf(record), { archive, tree, tag: tag === null ? null : String(tag) });
    if (tag !== null) tags.set(tagKeyOf(record, String(tag)), String(record['revision']));
  }
  return { contents, tags };
}

/** Writes the lock of these pins; leaves a file alone that says the same. */
export async function writeContentLock(
  directory: string,
  contents: readonly (readonly [PinnedPackage, LockedContent])[],
  scrub: Scrub,
): Promise<void> {
  const packages = contents.map(([pin, { archive, tree, tag }]) => ({
    ...pinEntry(pin, scrub),
    ...(archive === null ? {} : { archive }),
    ...(tag === null ? {} : { tag }),
    tree,
  }));
  const path = join(directory, contentLockName);
  const text = `${heading}${lockYaml({ packages })}`;
  const before = await readFile(path, 'utf8').catch(() => null);
  if (before === null && packages.length === 0) return;
  if (before !== text) replaceFile(path, (write) => write(text), { durable: true });
}

const heading = `# What the packages of package-lock.yml hold, as sha256. Written by \`sluice deps\`; keep it beside that file.\n`;
