import { describe, expect, test } from 'vitest';
import { scanBlocks } from '../../src/jinja/blocks.ts';

const tags = new Set(['macro', 'materialization', 'test', 'data_test', 'snapshot', 'docs']);
const scan = (text: string) => scanBlocks({ path: 'macros/m.sql', text }, tags);

test('blocks are cut out with their bodies, whatever stands between them', () => {
  const text =
    'junk {% https://example.com %} {{ x }}\n{% macro a(x="%}") %}A{% endmacro %} }} {%- docs d %} D {% enddocs -%} \n';
  const { blocks, diagnostics } = scan(text);
  expect(diagnostics).toEqual([]);
  expect(
    blocks.map((block) => [
      block.tag,
      block.name,
      text.slice(block.start, block.end),
      text.slice(block.bodyStart, block.bodyEnd),
    ]),
  ).toEqual([
    ['macro', 'a', '{% macro a(x="%}") %}A{% endmacro %}', 'A'],
    ['docs', 'd', ' {%- docs d %} D {% enddocs -%} \n', ' D '],
  ]);
});

test('comments, strings and raw blocks hide tags', () => {
  const text =
    "{# {% macro a() %} #}{{ '{% macro b() %}' }}{% raw %}{% macro c() %}{% endraw %}{% macro d() %}{# {% endmacro %} #}{% endmacro %}";
  const { blocks, diagnostics } = scan(text);
  expect(diagnostics).toEqual([]);
  expect(blocks.map((block) => block.name)).toEqual(['d']);
  expect(text.slice(blocks[0]!.bodyStart, blocks[0]!.bodyEnd)).toBe('{# {% endmacro %} #}');
});

test('control flow inside a block is part of it', () => {
  const { blocks, diagnostics } = scan(
    '{% macro a() %}{% if x %}{% for y in z %}{% endfor %}{% endif %}{% endmacro %}',
  );
  expect(diagnostics).toEqual([]);
  expect(blocks).toHaveLength(1);
});

test('tags outside every block are told, because they have no effect', () => {
  const { strayTags } = scan('{% set x = 1 %}{% macro a() %}{% set y = 1 %}{% endmacro %}{% endmacro %}');
  expect(strayTags.map((tag) => tag.tag)).toEqual(['set', 'endmacro']);
});

describe('mistakes', () => {
  const codes = (text: string): string[] => scan(text).diagnostics.map((diagnostic) => diagnostic.code);

  test('a block without its end is reported at its beginning and left out', () => {
    const { blocks, diagnostics } = scan('{% macro a() %}{% endmacro %}\n{% macro b() %}\n');
    expect(blocks.map((block) => block.name)).toEqual(['a']);
    expect(diagnostics[0]).toMatchObject({
      code: 'template-unclosed-block',
      message: "Reached EOF without finding a close tag for macro 'b'",
      span: { start: 30 },
    });
  });

  test('unclosed tags, comments, outputs, strings and raw blocks end the scan with an error', () => {
    for (const text of ['{% macro a(', '{# c', '{{ x', "{{ 'x }}", '{% raw %}', '{% set x = "a %}']) {
      expect(codes(text)).toContain('template-unclosed-tag');
    }
  });

  test('blocks in control flow and blocks in blocks are refused', () => {
    expect(codes('{% if x %}{% macro a() %}{% endmacro %}{% endif %}')).toContain(
      'template-block-not-at-top',
    );
    expect(codes('{% macro a() %}{% macro b() %}{% endmacro %}')).toEqual(['template-nested-block']);
  });

  test('an end of control flow without its beginning is refused', () => {
    expect(codes('{% endif %}')).toEqual(['template-unmatched-tag']);
    expect(codes('{% for x in y %}{% endif %}')).toEqual(['template-unmatched-tag']);
  });
});
