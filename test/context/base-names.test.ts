import { expect, test } from 'vitest';
import { parse } from '../manifest/rig.ts';

test('zip pairs its arguments up to the shortest, is true with nothing in it, and gives its default for what has no items', () => {
  const values = [
    "pairs=zip([1, 2, 3], ['a', 'b']) | list",
    'nothing=(zip([], []) | list)',
    'truth=(1 if zip([], []) else 0)',
    'sequence=(zip([1], [2]) is sequence)',
    "none=zip(1, default='none')",
  ];
  const { manifest } = parse({ 'models/a.sql': `{{ config(${values.join(', ')}) }} select 1` });
  expect(manifest.nodes.get('model.shop.a')!.config).toMatchObject({
    pairs: [
      [1, 'a'],
      [2, 'b'],
    ],
    nothing: [],
    truth: 1,
    sequence: false,
    none: 'none',
  });
});
