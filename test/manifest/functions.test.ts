import { describe, expect, test } from 'vitest';
import { type Files, mistakes, parse, warnings } from './rig.ts';

const described = 'functions: [{name: f, returns: {data_type: int}, arguments: [{name: x, data_type: int}]}]';
const codes = (files: Files): readonly string[] => mistakes(files).map(({ code }) => code);

describe('a function', () => {
  test('is what models and other functions depend on', () => {
    const { manifest } = parse({
      'functions/f.sql': 'x + 1',
      'functions/g.sql': "{{ function('f') }}(2)",
      'functions/s.yml': described,
      'models/a.sql': "select {{ function('shop', 'f') }}(1) as id",
    });
    expect(manifest.functions.get('function.shop.g')!.depends_on.nodes).toEqual(['function.shop.f']);
    expect(manifest.nodes.get('model.shop.a')).toMatchObject({
      functions: [['shop', 'f']],
      depends_on: { nodes: ['function.shop.f'] },
    });
  });

  test('that no properties describe has no type yet', () => {
    const { manifest } = parse({ 'functions/f.py': 'def main(x): return x' });
    expect(manifest.functions.get('function.shop.f')).toMatchObject({
      language: 'python',
      returns: { data_type: 'INVALID_TYPE' },
      arguments: [],
      relation_name: null,
    });
  });

  test('that is disabled is in nobody’s way', () => {
    const files = {
      'functions/f.sql': '1',
      'functions/s.yml': described.replace('name: f,', 'name: f, config: {enabled: false},'),
    };
    const { manifest } = parse(files);
    expect(manifest.functions.size).toBe(0);
    expect(manifest.disabled.has('function.shop.f')).toBe(true);
    expect(codes({ ...files, 'models/a.sql': "{{ function('f') }}" })).toEqual(['function-disabled']);
  });

  test('that does not exist is shown with the nearest name', () => {
    const [found] = mistakes({
      'functions/double.sql': '1',
      'models/a.sql': "select {{ function('duble') }}",
    });
    expect(found).toMatchObject({ code: 'function-not-found', hint: "did you mean 'double'?" });
    expect(found!.span).toMatchObject({ file: 'models/a.sql', start: 10 });
  });

  test('has its arguments with a default last', () => {
    const files = {
      'functions/f.sql': '1',
      'functions/s.yml': described.replace(
        '[{name: x,',
        '[{name: w, data_type: int, default_value: 1}, {name: x,',
      ),
    };
    expect(codes(files)).toEqual(['function-argument-order']);
  });

  test('that another one replaces in the warehouse is told', () => {
    const two = (type: string): Files => ({
      'functions/f.sql': '1',
      'functions/g.sql': '2',
      'functions/s.yml': `functions:
  - {name: f, returns: {data_type: int}, arguments: [{name: x, data_type: int}]}
  - {name: g, returns: {data_type: int}, config: {alias: F}, arguments: [{name: x, data_type: ${type}}]}`,
    });
    expect(warnings(two('text'))).toEqual([
      expect.stringMatching(/^same-relation: function 'f' .*and function 'g' .*: each replaces the other$/),
    ]);
    expect(warnings({ ...two('text'), 'functions/g.sql': "{{ config(schema='other') }} 2" })).toEqual([]);
  });

  test('needs to say what it returns', () => {
    expect(codes({ 'functions/f.sql': '1', 'functions/s.yml': 'functions: [{name: f}]' })).toEqual([
      'property-value',
    ]);
  });

  test('is of a kind that warehouses know', () => {
    const yaml = described.replace('name: f,', 'name: f, config: {type: rowwise},');
    expect(codes({ 'functions/f.sql': '1', 'functions/s.yml': yaml })).toEqual(['config-value']);
  });
});
