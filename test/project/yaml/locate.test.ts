import { expect, test } from 'vitest';
import { locateYaml, yamlSpan } from '../../../src/project/yaml/locate.ts';

const text = `models:
  - name: orders
    columns:
      - {name: id, tests: [unique]}
    yes: 1
base: &base
  schema: raw
other:
  <<: *base
`;

const at = (path: (string | number)[], what: 'key' | 'value'): string => {
  const { start, end } = locateYaml(text, path, what);
  return text.slice(start, end);
};

test('a key and a value are found by their path', () => {
  expect(at(['models', 0, 'name'], 'key')).toBe('name');
  expect(at(['models', 0, 'name'], 'value')).toBe('orders');
  expect(at(['models', 0, 'columns', 0, 'tests', 0], 'value')).toBe('unique');
});

test('a key that is no text is found by the way Python prints it', () => {
  expect(at(['models', 0, 'True'], 'key')).toBe('yes');
});

test('a merged key is found where it was merged from', () => {
  expect(at(['other', 'schema'], 'value')).toBe('raw');
});

test('a path that ends early gives the nearest place above', () => {
  expect(at(['models', 0, 'nothing', 'deeper'], 'value')).toBe('name: orders');
});

test('a span is worked out when it is looked at', () => {
  const span = yamlSpan('models/schema.yml', text, ['models', 0, 'name'], 'value');
  expect({ ...span }).toEqual({
    file: 'models/schema.yml',
    text,
    start: text.indexOf('orders'),
    end: text.indexOf('orders') + 6,
  });
});
