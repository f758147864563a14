import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileGlob, compilePathGlob } from '../../src/graph/glob.ts';

/** Words over few letters, so that patterns do match now and then. */
const text = fc.string({ unit: fc.constantFrom('a', 'b', '.', '-'), maxLength: 12 });
const pattern = fc.string({
  unit: fc.constantFrom('a', 'b', '.', '*', '?', '[ab]', '[!a]', '[a-b]'),
  maxLength: 8,
});

/** The same pattern as a regular expression: right, but exponential. */
function asRegExp(glob: string): RegExp {
  const source = glob.replace(/\[!|[*?.]/g, (token) =>
    token === '*' ? '.*' : token === '?' ? '.' : token === '[!' ? '[^' : '\\.',
  );
  return new RegExp(`^${source}$`, 's');
}

describe('a pattern', () => {
  test('matches what the equivalent regular expression matches', () => {
    fc.assert(
      fc.property(pattern, text, (glob, name) => {
        expect(compileGlob(glob).matches(name)).toBe(asRegExp(glob).test(name));
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    // Answers of Python 3.11's fnmatch.
    ['[', '[', true],
    ['a[', 'a[', true],
    ['[]]', ']', true],
    ['[!]]', 'x', true],
    ['[!]]', ']', false],
    ['[a-]', '-', true],
    ['[z-a]', 'm', false],
    ['A*', 'abc', false],
    ['', '', true],
    ['', 'a', false],
    [']', ']', true],
    ['*.sql', '.sql', true],
  ])('%j against %j gives %j', (glob, name, expected) => {
    expect(compileGlob(glob).matches(name)).toBe(expected);
  });

  test('of 10,000 characters against a long name is answered, however ill it means', () => {
    const name = 'a'.repeat(300);
    expect(compileGlob(`${'*a'.repeat(5000)}b`).matches(name)).toBe(false);
    expect(compileGlob(`${'*a'.repeat(150)}b`).matches(name)).toBe(false);
    expect(compileGlob('*'.repeat(10_000)).matches(name)).toBe(true);
    expect(compileGlob('['.repeat(10_000)).matches(name)).toBe(false);
    expect(compilePathGlob('**/'.repeat(5000)).matchesFolder('a/b')).toBe(true);
    expect(compilePathGlob(`${'**/a/'.repeat(3000)}b`).matchesFolder('a/'.repeat(40))).toBe(false);
  });
});

describe('a path pattern', () => {
  test.each([
    ['models/*', 'models/a', true],
    ['models/*', 'models/a/b', false],
    ['models/**', 'models', true],
    ['models/**', 'models/a/b', true],
    ['**', '', true],
    ['**/deep', 'deep', true],
    ['**/deep', 'a/b/deep', true],
    ['a/**/b/**/c', 'a/x/b/c', true],
    ['a/**/b/**/c', 'a/c', false],
    ['./models/', 'models', true],
  ])('%j on the folder %j gives %j', (glob, path, expected) => {
    expect(compilePathGlob(glob).matchesFolder(path)).toBe(expected);
  });

  test('that ends in ** matches no file', () => {
    expect(compilePathGlob('models/**').matchesFile('models/a.sql')).toBe(false);
    expect(compilePathGlob('models/**/*.sql').matchesFile('models/a.sql')).toBe(true);
  });
});
