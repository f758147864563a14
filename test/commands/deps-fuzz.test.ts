import fc from 'fast-check';
import { expect, test } from 'vitest';
import { codes, hubEntry, packageTest } from './deps-rig.ts';

const word = fc.constantFrom(
  'package',
  'git',
  'local',
  'tarball',
  'private',
  'version',
  'revision',
  'name',
  'x',
);
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom('1.0.0', 'a/b', 'near', '{{ x }}', '{% for %}'),
);
const entries = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.array(fc.dictionary(word, value, { maxKeys: 4 }), { maxLength: 3 }),
);

test('whatever stands in packages.yml and the locks, mistakes are told and nothing crashes', async () => {
  const { project, deps } = await packageTest(null, { 'near/dbt_project.yml': 'name: near\n' });
  const file = fc.constantFrom('packages.yml', 'package-lock.yml', 'sluice-lock.yml', 'dependencies.yml');
  await fc.assert(
    fc.asyncProperty(file, entries, fc.boolean(), async (name, packages, broken) => {
      const text = JSON.stringify({ packages, sha1_hash: 'x' });
      project.write({
        'packages.yml': 'packages:\n  - {local: near}\n',
        'package-lock.yml': null,
        'sluice-lock.yml': null,
        'dependencies.yml': null,
      });
      project.write({ [name]: broken ? text.slice(0, -3) : text });
      const ran = await deps({ offline: true });
      expect(ran.outcome?.success === true || codes(ran).length > 0).toBe(true);
    }),
    { numRuns: 150 },
  );
});

test('whatever the hub answers, mistakes are told and nothing crashes', async () => {
  const { server, deps } = await packageTest(hubEntry('1.0.0'));
  const version = fc.record(
    { name: value, packages: entries, require_dbt_version: value, downloads: value },
    { requiredKeys: [] },
  );
  const answer = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.record({
      name: value,
      versions: fc.oneof(value, fc.dictionary(fc.constantFrom('1.0.0', 'x'), version)),
    }),
  );
  await fc.assert(
    fc.asyncProperty(answer, async (data) => {
      server.answer('api/v1/acme/utils.json', (_, response) => void response.end(JSON.stringify(data)));
      expect(codes(await deps()).length).toBeGreaterThan(0);
    }),
    { numRuns: 100 },
  );
});
