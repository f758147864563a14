import { createHash } from 'node:crypto';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fileChecksum, seedChecksum } from '../../src/project/checksum.ts';
import type { PackageFiles } from '../../src/project/project.ts';
import { failures, folderWith, load, profiles, projectFile } from './sandbox.ts';

const base = { 'dbt_project.yml': projectFile(), 'profiles.yml': profiles };

const pathsOf = (files: PackageFiles) =>
  Object.fromEntries(
    Object.entries(files)
      .map(([kind, list]) => [kind, (list as readonly { path: string }[]).map(({ path }) => path)] as const)
      .filter(([, list]) => list.length > 0),
  );

describe('files', () => {
  test('a folder may be given by its absolute path', () => {
    const directory = folderWith({ ...base, 'notes/a.md': '{% docs a %}{% enddocs %}' });
    writeFileSync(
      join(directory, 'dbt_project.yml'),
      projectFile(`docs-paths: [${JSON.stringify(join(directory, 'notes'))}]\n`),
    );
    expect(pathsOf(load(directory).root.files)).toEqual({ docs: ['notes/a.md'] });
  });

  test('a catalogs.yml is not read, which a warning says', () => {
    expect(load(folderWith(base)).warnings).toEqual([]);
    const told = load(folderWith({ ...base, 'catalogs.yml': ': no yaml' })).warnings;
    expect(told.map(({ code }) => code)).toEqual(['catalogs-not-read']);
  });

  test('every file stands under what it holds, in the order of paths', () => {
    const directory = folderWith({
      ...base,
      'models/b.sql': 'select 1',
      'models/a/z.SQL': 'select 2',
      'models/a/p.py': 'def model(dbt, session): ...',
      'models/a/schema.yml': 'version: 2',
      'models/a/docs.md': '{% docs a %}{% enddocs %}',
      'models/notes.txt': '',
      'seeds/s.csv': 'id\n1\n',
      'seeds/seeds.yaml': '',
      'snapshots/s.sql': '',
      'analyses/x.sql': '',
      'macros/m.sql': '',
      'tests/singular.sql': '',
      'tests/generic/g.sql': '',
      'tests/fixtures/f.csv': '',
      'tests/fixtures/f.sql': '',
      'functions/f.sql': '',
    });
    expect(pathsOf(load(directory).root.files)).toEqual({
      models: ['models/a/p.py', 'models/a/z.SQL', 'models/b.sql'],
      seeds: ['seeds/s.csv'],
      snapshots: ['snapshots/s.sql'],
      analyses: ['analyses/x.sql'],
      macros: ['macros/m.sql'],
      singularTests: ['tests/singular.sql'],
      genericTests: ['tests/generic/g.sql'],
      fixtures: ['tests/fixtures/f.csv', 'tests/fixtures/f.sql'],
      properties: ['models/a/schema.yml', 'seeds/seeds.yaml'],
      docs: ['models/a/docs.md'],
      functions: ['functions/f.sql'],
    });
  });

  test('a file has its text and its folder, a seed its size', () => {
    const directory = folderWith({
      'profiles.yml': profiles,
      'dbt_project.yml': projectFile("model-paths: ['./models/', 'models/deep']\n"),
      'models/deep/a.sql': '\uFEFFselect 1\n',
      'seeds/s.csv': 'id\n1\n',
    });
    const { files } = load(directory).root;
    expect(files.models).toMatchObject([
      {
        path: 'models/deep/a.sql',
        folder: 'models',
        absolutePath: `${directory}/models/deep/a.sql`,
        text: 'select 1\n',
      },
    ]);
    expect(files.seeds).toEqual([
      { path: 'seeds/s.csv', folder: 'seeds', absolutePath: `${directory}/seeds/s.csv`, sizeBytes: 5 },
    ]);
  });

  test('.dbtignore leaves files out as git would, and brings them back file by file', () => {
    const directory = folderWith({
      ...base,
      '.dbtignore':
        '# comment\n*.tmp.sql\ndrafts/\n!models/drafts/keep.sql\n/models/top.sql\nmodels/**/x?.sql\n[ab].sql\n',
      ...Object.fromEntries(
        ['top', 'a', 'c', 'q.tmp', 'deep/top', 'deep/x1', 'deep/x12', 'drafts/one', 'drafts/keep'].map(
          (name) => [`models/${name}.sql`, ''],
        ),
      ),
    });
    expect(pathsOf(load(directory).root.files)['models']).toEqual([
      'models/c.sql',
      'models/deep/top.sql',
      'models/deep/x12.sql',
      'models/drafts/keep.sql',
    ]);
  });

  test('a link may lead to a file of the package, and nowhere else', () => {
    const directory = folderWith({ ...base, 'models/a.sql': 'select 1', 'outside/': '' });
    symlinkSync('a.sql', join(directory, 'models/b.sql'));
    expect(pathsOf(load(directory).root.files)['models']).toEqual(['models/a.sql', 'models/b.sql']);
    const secret = join(folderWith({ 'secret.sql': 'select 2' }), 'secret.sql');
    symlinkSync(secret, join(directory, 'models/c.sql'));
    expect(failures(directory)).toEqual([
      [
        `error[link-outside] models/c.sql is a link to ${secret}, outside of its package`,
        '  hint: copy the file into the package',
      ].join('\n'),
    ]);
  });

  test('a linked folder is passed over, a configured one is followed inside of the package only', () => {
    const directory = folderWith({ ...base, 'shared/a.sql': 'select 1', 'models/b.sql': '' });
    symlinkSync('../shared', join(directory, 'models/shared'));
    symlinkSync('shared', join(directory, 'macros'));
    const { files } = load(directory).root;
    expect(pathsOf(files)).toEqual({ models: ['models/b.sql'], macros: ['macros/a.sql'] });
    symlinkSync(folderWith({ 'x.csv': '' }), join(directory, 'seeds'));
    expect(failures(directory)[0]).toContain('error[link-outside] seeds is a link to');
  });

  test('a link to nothing is warned of', () => {
    const directory = folderWith({ ...base, 'models/a.sql': '' });
    symlinkSync('nothing.sql', join(directory, 'models/b.sql'));
    expect(load(directory).warnings.map(({ message }) => message)).toEqual([
      'models/b.sql is a link to nothing; it is passed over',
    ]);
  });

  test('bytes that are not UTF-8 are told with their offset', () => {
    const directory = folderWith({ ...base, 'models/b.sql': 'select 1' });
    const long = 'é'.repeat(10_000);
    writeFileSync(
      join(directory, 'models/a.sql'),
      Buffer.concat([Buffer.from(`${long}\nselect `), Buffer.from([0xff])]),
    );
    expect(failures(directory)).toEqual([
      [
        'error[file-not-utf8] models/a.sql is not UTF-8: byte 0xff at offset 20008',
        '  models/a.sql:2:8',
        `  1 | ${'é'.repeat(160)}…`,
        '  2 | select',
        '    |        ^',
        '  hint: save the file as UTF-8',
      ].join('\n'),
    ]);
  });
});

describe('checksums', () => {
  const hash = (text: string) => createHash('sha256').update(text).digest('hex');

  test('are of the text without white space around it', () => {
    const directory = folderWith({ ...base, 'models/a.sql': '\n select 1\n\n', 'seeds/s.csv': 'id\n1\n' });
    const { models, seeds } = load(directory).root.files;
    expect(fileChecksum(models[0]!)).toEqual({ name: 'sha256', checksum: hash('select 1') });
    expect(seedChecksum(seeds[0]!)).toEqual({ name: 'sha256', checksum: hash('id\n1') });
  });

  test('a seed of more than a mebibyte is known by its path', () => {
    const directory = folderWith({ ...base, 'seeds/s.csv': 'a'.repeat(1024 * 1024 + 1) });
    const [seed] = load(directory).root.files.seeds;
    expect(seedChecksum(seed!)).toEqual({ name: 'path', checksum: 'seeds/s.csv' });
  });
});
