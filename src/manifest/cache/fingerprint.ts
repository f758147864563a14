import { createHash, hash } from 'node:crypto';
import type { ContextServices } from '../../context/services.ts';
import type { ListedProject } from '../../project/load-project.ts';
import { behaviourFlags } from '../behaviour.ts';
import { jsonText } from '../json-text.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * Digest of everything that a whole project is parsed under: settings of all packages as they are rendered, profile
 * and target, the flags that change meanings.
 */
export function fingerprintOf(
  { root, packages, profileName, targetName, credentials, sluiceFile }: ListedProject,
  services: Omit<ContextServices, 'registry'>,
): string {
  const { target, flags, facts, limits } = services;
  const { threads: _, ...shown } = target;
  const data = {
    packages: [root, ...packages].map(({ name, directory, settings }) => ({ name, directory, settings })),
    profile: [profileName, targetName, credentials.type, credentials.database, credentials.schema],
    target: Object.entries(shown).map(([name, value]) => [name, jsonText(value)]),
    flags: behaviourFlags.map((name) => flags.get(name.toUpperCase()) ?? null),
    facts: [facts.type, facts.dispatchParents],
    ours: sluiceFile?.data ?? null,
    limits,
  };
  return hash('sha256', jsonText(data));
}

/** Digest of everything that a snapshot's manifest is made of: files, settings, and the values that templates read. */
export function snapshotChecksum({ record, files }: Pick<Snapshot, 'record' | 'files'>): string {
  return createHash('sha256')
    .update(record.fingerprint)
    .update(JSON.stringify(record.values))
    .update(files.shown.join('\0'))
    .update(files.hashes)
    .digest('hex');
}
