import { describe, expect, test } from 'vitest';
import { createModules } from '../../../src/context/modules/index.ts';
import type { Match } from '../../../src/context/modules/re/match.ts';
import { hostFunction, type Value } from '../../../src/jinja/values.ts';
import { evaluate } from '../../jinja/python-table.ts';
import { moduleNames, startedAt } from './module-table.ts';

const run = (source: string) => evaluate(source, moduleNames);

describe('the time that templates see', () => {
  test('is the time at which the invocation started', () => {
    expect(run('modules.datetime.datetime.utcnow()')).toBe('2024-05-06 07:08:09.123000');
    expect(run('modules.datetime.datetime.now(modules.pytz.utc)')).toBe('2024-05-06 07:08:09.123000+00:00');
    expect(run('modules.datetime.datetime.now(modules.pytz.timezone("Asia/Kolkata"))')).toBe(
      '2024-05-06 12:38:09.123000+05:30',
    );
  });

  test('without a zone is that of the machine', () => {
    const local = new Date(startedAt);
    expect(run('modules.datetime.datetime.now().hour')).toBe(String(local.getHours()));
    expect(run('modules.datetime.date.today().day')).toBe(String(local.getDate()));
    expect(run('modules.datetime.datetime.now().timestamp()')).toBe('1714979289.123');
  });

  test('is asked for only when a template does', () => {
    let reads = 0;
    const clock = {
      get startedAt() {
        reads += 1;
        return startedAt;
      },
      now: () => startedAt,
    };
    const names = new Map<string, Value>([['modules', createModules(clock, () => {})]]);
    evaluate('modules.datetime.datetime(2024, 1, 1)', names);
    expect(reads).toBe(0);
    evaluate('modules.datetime.date.today()', names);
    expect(reads).toBe(1);
  });
});

describe('modules are dicts of names', () => {
  test.each([
    ['modules.datetime is mapping', 'True'],
    ['"datetime" in modules.datetime', 'True'],
    ['modules["re"]["search"]("b", "abc").start()', '1'],
    ['modules.os', ''],
    ['modules.datetime.datetime', "<class 'datetime.datetime'>"],
  ])('%s', (source, expected) => {
    expect(run(source)).toBe(expected);
  });
});

describe('patterns', () => {
  test('that take exponential time elsewhere take linear time', () => {
    const text = `${'a'.repeat(5000)}!`;
    expect(
      evaluate('modules.re.match("^(a+)+$", text)', new Map([...moduleNames, ['text', text as Value]])),
    ).toBe('None');
    expect(
      evaluate(
        'modules.re.match("^(a+)+$", text)',
        new Map([...moduleNames, ['text', `${text}\n` as Value]]),
      ),
    ).toBe('None');
  });

  test('with look-around are refused on very long texts', () => {
    const names = new Map([...moduleNames, ['text', 'a'.repeat(70_000) as Value]]);
    expect(evaluate('modules.re.search("a(?=b)", text)', names)).toEqual({
      error:
        're.error: a pattern with look-around or back references is not run on more than 65536 characters',
    });
    expect(evaluate('modules.re.search("ab", text)', names)).toBe('None');
  });

  // Messages and positions are Python's.
  test.each([
    ['(', 'missing ), unterminated subpattern at position 0'],
    [')', 'unbalanced parenthesis at position 0'],
    ['[', 'unterminated character set at position 0'],
    ['\\\\q', 'bad escape \\q at position 0'],
    ['a\\\\', 'bad escape (end of pattern) at position 1'],
    ['\\\\1', 'invalid group reference 1 at position 1'],
  ])('with a mistake tell it when they are compiled: %s', (pattern, message) => {
    expect(run(`modules.re.compile("${pattern}")`)).toEqual({ error: `re.error: ${message}` });
  });

  test('may be given a function as replacement', () => {
    const wrap = hostFunction('wrap', ['match'], (match) => `<${(match as Match).group(0)}>`);
    const names = new Map<string, Value>([...moduleNames, ['wrap', wrap]]);
    expect(evaluate('modules.re.sub("[bc]", wrap, "abc")', names)).toBe('a<b><c>');
  });
});

describe('iterators without an end', () => {
  test.each(['modules.itertools.count()', 'modules.itertools.cycle([1])', 'modules.itertools.repeat(1)'])(
    '%s is an error, not a hang',
    (source) => {
      expect(run(source)).toMatchObject({ error: expect.stringContaining('never ends') });
    },
  );

  test('a product that would be huge is refused before it is made', () => {
    expect(run('modules.itertools.product(range(1000), range(1000), range(1000))')).toEqual({
      error: 'OverflowError: product() would give more than 1000000 items',
    });
  });
});
