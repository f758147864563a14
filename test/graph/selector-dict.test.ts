import { expect, test } from 'vitest';
import { publishedSelectors } from '../../src/graph/selector-dict.ts';

/** What dbt-core 1.11.16 publishes of each definition. */
test.each([
  ['m1+', { method: 'fqn', value: 'm1', children: true }],
  [
    '2+tag:a+3',
    { parents: true, parents_depth: '2', method: 'tag', value: 'a', children: true, children_depth: '3' },
  ],
  ['@config.materialized:view', { childrens_parents: true, method: 'config.materialized', value: 'view' }],
  ['models/a.sql', { method: 'path', value: 'models/a.sql' }],
  ['tag:a,path:models', { method: 'tag', value: 'a,path:models' }],
  [{ tag: 'nightly' }, { method: 'tag', value: 'nightly' }],
  [
    { method: 'tag', value: 'a', parents_depth: 2 },
    { method: 'tag', value: 'a', parents_depth: 2 },
  ],
  [
    { union: ['a', { exclude: ['b'] }, { intersection: ['c', { tag: 'd' }] }] },
    {
      union: [
        { method: 'fqn', value: 'a' },
        { exclude: [{ method: 'fqn', value: 'b' }] },
        {
          intersection: [
            { method: 'fqn', value: 'c' },
            { method: 'tag', value: 'd' },
          ],
        },
      ],
    },
  ],
])('the definition %j is published as a mapping', (definition, published) => {
  const selectors = publishedSelectors(new Map([['s', { name: 's', definition }]]));
  expect(selectors.get('s')).toEqual({ name: 's', definition: published });
});

test('a selector that is another one is that other’s definition', () => {
  const selectors = publishedSelectors(
    new Map<string, unknown>([
      ['one', { name: 'one', definition: 'tag:a' }],
      ['two', { name: 'two', definition: { method: 'selector', value: 'one' } }],
    ]),
  );
  expect(selectors.get('two')).toMatchObject({ definition: { method: 'tag', value: 'a' } });
});
