import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { locateYaml, type YamlPath } from '../../../src/project/yaml/locate.ts';
import { locateInBlocks } from '../../../src/project/yaml/locate-block.ts';
import { readYaml } from '../../../src/project/yaml/read-yaml.ts';

const root = resolve(import.meta.dirname, '../../..');
const files = ['project-template', 'test/golden', 'test/manifest/fixtures'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.ya?ml$/.test(path))
    .map((path) => join(folder, path)),
);

function* pathsOf(data: unknown, path: YamlPath = []): Generator<YamlPath> {
  if (path.length > 0) yield path;
  if (Array.isArray(data)) for (const [index, item] of data.entries()) yield* pathsOf(item, [...path, index]);
  else if (typeof data === 'object' && data !== null && Object.getPrototypeOf(data) === Object.prototype) {
    for (const [key, value] of Object.entries(data)) yield* pathsOf(value, [...path, key]);
  }
}

test('indentation finds every place that it finds where the parser with positions finds it', () => {
  let found = 0;
  let all = 0;
  for (const file of files) {
    const text = readFileSync(join(root, file), 'utf8');
    for (const path of pathsOf(readYaml(text, file).data)) {
      for (const what of ['key', 'value'] as const) {
        all += 1;
        const quick = locateInBlocks(text, path, what);
        if (quick === null) continue;
        found += 1;
        const { start } = locateYaml(text, path, what, { exactly: true });
        expect(`${file} ${path.join('.')} ${what} ${quick.start}`).toBe(
          `${file} ${path.join('.')} ${what} ${start}`,
        );
      }
    }
  }
  expect(files.length).toBeGreaterThan(10);
  expect(found / all).toBeGreaterThan(0.6);
});

test.each([
  ['flow style', 'a: {b: 1}\n', ['a', 'b']],
  ['an anchor', 'a: &x\n  b: 1\n', ['a', 'b']],
  ['a merged key', 'x: &x\n  b: 1\na:\n  <<: *x\n', ['a', 'b']],
  ['a quoted key', '"a":\n  b: 1\n', ['a', 'b']],
  ['a text over two lines', 'a: one\n  two\n', ['a']],
  ['a block scalar', 'a: |\n  b: 1\n', ['a', 'b']],
  ['a tab', 'a:\n\tb: 1\n', ['a', 'b']],
  ['a key that is not there', 'a:\n  b: 1\n', ['a', 'c']],
] as const)('%s is left to the parser', (_what, text, path) => {
  expect(locateInBlocks(text, path, 'value')).toBeNull();
});
