import { describe, expect, test } from 'vitest';
import { DiagnosticError } from '../../src/core/diagnostic.ts';
import { defaultSelector, findSelector, parseSelectorDefinitions } from '../../src/graph/selector-file.ts';

const messagesOf = (work: () => unknown): string[] => {
  try {
    work();
  } catch (caught) {
    if (caught instanceof DiagnosticError) return caught.diagnostics.map(({ message }) => message);
    throw caught;
  }
  return [];
};

const mistakesOf = (...definitions: readonly unknown[]): string[] =>
  messagesOf(() =>
    parseSelectorDefinitions(
      definitions.map((definition, index) => ({ name: `s${index}`, definition })),
      { indirect: 'eager' },
    ),
  );

describe('definitions of selectors.yml', () => {
  test('the text, the short and the long form of a criterion mean the same', () => {
    const definitions = parseSelectorDefinitions(
      [
        { name: 'text', definition: 'tag:nightly' },
        { name: 'short', definition: { tag: 'nightly' } },
        { name: 'long', definition: { method: 'tag', value: 'nightly' } },
      ],
      { indirect: 'cautious' },
    );
    const [text, short, long] = [...definitions.values()].map(({ selector }) => selector);
    expect(short).toEqual(text);
    expect(long).toEqual(text);
  });

  test("a criterion's own mode beats the command line's", () => {
    const definitions = parseSelectorDefinitions(
      [{ name: 's', definition: { method: 'tag', value: 'x', indirect_selection: 'empty' } }],
      { indirect: 'cautious' },
    );
    expect(definitions.get('s')!.selector).toMatchObject({ indirect: 'empty' });
  });

  test('depths are read from numbers and from text, and 0 means all as in dbt', () => {
    const depthOf = (depth: unknown): unknown => {
      const definition = { method: 'fqn', value: 'x', parents: true, parents_depth: depth };
      return parseSelectorDefinitions([{ name: 's', definition }], { indirect: 'eager' }).get('s')!.selector;
    };
    expect(depthOf(2)).toMatchObject({ parentsDepth: 2, childrenDepth: null });
    expect(depthOf('2')).toMatchObject({ parentsDepth: 2 });
    expect(depthOf(0)).toMatchObject({ parentsDepth: Number.POSITIVE_INFINITY });
    expect(depthOf(undefined)).toMatchObject({ parentsDepth: Number.POSITIVE_INFINITY });
  });

  test('every mistake is told with its place', () => {
    expect(
      mistakesOf(
        { union: ['a'], intersection: ['b'] },
        { union: 'a' },
        { union: [{ exclude: ['a'] }, { exclude: ['b'] }] },
        { union: ['a', { intersection: [3] }] },
        { method: 'selector', value: 's9' },
        { method: 'tag', name: 'x' },
        { method: 'tags', value: 'x' },
        { method: 'tag', value: 'x', indirect_selection: 'some' },
        { method: 'tag', value: 'x', children: true, childrens_parents: true },
        'tag:x+ ',
        undefined,
      ),
    ).toEqual([
      "selectors.yml: selector 's0': only a single 'union' or 'intersection' may stand at the root; found union, intersection",
      "selectors.yml: selector 's1' at union: expected a list",
      "selectors.yml: selector 's2' at union[1]: only one 'exclude' may stand in a list",
      "selectors.yml: selector 's3' at union[1].intersection[0]: expected text, 'union', 'intersection' or a method",
      "selectors.yml: selector 's4': selector 's9' is not defined above this one; none is",
      "selectors.yml: selector 's5': expected 'method' and 'value', or a single method; found method, name",
      "'tags' is not a valid method name",
      "selectors.yml: selector 's7' at indirect_selection: expected one of eager, cautious, buildable, empty",
      "selectors.yml: selector 's8': 'childrens_parents' and 'children' are incompatible",
      "selectors.yml: selector 's10': expected text, 'union', 'intersection' or a method",
    ]);
  });

  test('an entry needs a name, known keys and at most one default', () => {
    const entries = [
      'x',
      { definition: 'a' },
      { name: 'a', definition: 'a', extra: 1 },
      { name: 'b', definition: 'a', default: 'yes' },
      { name: 'c', definition: 'a', default: true },
      { name: 'd', definition: 'a', default: true },
    ];
    expect(messagesOf(() => parseSelectorDefinitions(entries, { indirect: 'eager' }))).toEqual([
      "selectors.yml: selector '': expected a name and a definition",
      "selectors.yml: selector '': 'name' is missing",
      "selectors.yml: selector 'a': 'extra' is not a key of a selector",
      "selectors.yml: selector 'b': 'default' must be true or false",
      "selectors.yml: both 'c' and 'd' have 'default: true'",
    ]);
  });

  test('are found by name, and the default by itself', () => {
    const definitions = parseSelectorDefinitions(
      [
        { name: 'nightly', definition: 'a' },
        { name: 'weekly', definition: 'b', default: true },
      ],
      { indirect: 'eager' },
    );
    expect(findSelector(definitions, 'nightly').isDefault).toBe(false);
    expect(defaultSelector(definitions)?.name).toBe('weekly');
    try {
      findSelector(definitions, 'nightli');
      expect.unreachable();
    } catch (caught) {
      expect((caught as DiagnosticError).diagnostics[0]).toMatchObject({
        code: 'selector-not-found',
        message: 'Could not find selector named nightli',
        hint: "did you mean 'nightly'?",
      });
    }
  });
});
