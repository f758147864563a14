import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { Diagnostics } from '../../src/core/diagnostic.ts';
import { SecretMask } from '../../src/core/secret.ts';
import { readSpecs } from '../../src/project/packages/read-specs.ts';
import { sealedTexts } from '../../src/project/packages/sealed-text.ts';
import { specHash } from '../../src/project/packages/spec-hash.ts';
import { chooseVersion } from '../../src/project/packages/version-choice.ts';
import { lockYaml } from '../../src/project/packages/yaml-text.ts';
import { isImpossible, parseVersionBound } from '../../src/project/versions.ts';
import { readYaml } from '../../src/project/yaml/read-yaml.ts';

/** Answers of dbt-core 1.11.16. */
interface ByDbt {
  /** Available, bounds, with pre-releases; the chosen version (or `conflict`), the newest. */
  readonly versions: readonly (readonly [string[], string[], boolean, string | null, string | null])[];
  /** A packages.yml, and the `sha1_hash` of its lock. */
  readonly hashes: readonly (readonly [string, string])[];
  /** A text, and a lock with it. */
  readonly texts: readonly (readonly [string, string])[];
}

const byDbt = JSON.parse(
  readFileSync(join(import.meta.dirname, 'fixtures/packages-by-dbt.json'), 'utf8'),
) as ByDbt;

test.each(byDbt.versions)(
  'of %j within %j (pre-releases: %j) dbt takes %j',
  (available, texts, prereleases, taken, newest) => {
    const bounds = texts.map((text) => parseVersionBound(text)!);
    if (taken === 'conflict') {
      // Bounds that exclude each other are found by pairs; what a pair does not show, no version can meet.
      if (!isImpossible(bounds)) expect(chooseVersion({ available, bounds, prereleases }).version).toBeNull();
      return;
    }
    expect(isImpossible(bounds)).toBe(false);
    expect(chooseVersion({ available, bounds, prereleases })).toMatchObject({
      version: taken,
      latest: newest,
    });
  },
);

test.each(byDbt.hashes)('the packages %j have the hash that dbt gives them', (text, hash) => {
  const found = new Diagnostics();
  const { packages } = readYaml(text, 'packages.yml', {}).data as { packages: unknown[] };
  const source = { entries: packages, unrendered: packages, file: 'packages.yml', place: null, wantedBy: [] };
  const specs = readSpecs({ ...source, reveal: (one) => one }, found);
  // A number is a version to dbt until it looks at it.
  if (/version: 1\.0\n|- 3\n/.test(text)) return expect(specs).toEqual([]);
  expect(found.all).toEqual([]);
  expect(specHash(specs, sealedTexts(new Map(), new SecretMask()))).toBe(hash);
});

test.each(byDbt.texts)('the text %j is written into a lock as dbt writes it', (text, lock) => {
  expect(lockYaml({ packages: [{ git: text }] })).toBe(lock);
});
