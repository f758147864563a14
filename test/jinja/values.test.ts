import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { hashKey } from '../../src/jinja/hash-key.ts';
import { toJson } from '../../src/jinja/json.ts';
import { compare, equals } from '../../src/jinja/operations.ts';
import { parseJson } from '../../src/jinja/parse-json.ts';
import { repr } from '../../src/jinja/text.ts';
import { makeFloat, PyDict, tupleOf, type Value } from '../../src/jinja/values.ts';
import { evaluate } from './python-table.ts';

const hashable: fc.Arbitrary<Value> = fc.letrec<{ value: Value }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom<Value>(null, true, false, 0, 1, 2n ** 60n, '', '1', 'None', '\0t', '\0s1'),
    fc.integer(),
    fc.double({ noNaN: true }).map((number) => makeFloat(number)),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }).map((items) => tupleOf(items)),
  ),
})).value;

describe('keys of dicts', () => {
  test('two values have the same key exactly when they are equal', () => {
    fc.assert(
      fc.property(hashable, hashable, (left, right) => {
        expect(hashKey(left) === hashKey(right)).toBe(equals(left, right));
      }),
      { numRuns: 2000 },
    );
  });

  test('a dict finds what was stored under an equal key and keeps the first spelling', () => {
    const dict = new PyDict().set(1, 'int').set(makeFloat(1), 'float').set(true, 'bool').set('1', 'text');
    expect(repr(dict)).toBe("{1: 'bool', '1': 'text'}");
  });

  test('a key that was deleted may come back with another spelling', () => {
    const dict = new PyDict().set(true, 'a');
    dict.delete(1);
    dict.set(1, 'b');
    expect(repr(dict)).toBe("{1: 'b'}");
  });
});

describe('order', () => {
  test('numbers of any kind are ordered by their exact value', () => {
    const number = fc.oneof(
      fc.bigInt(),
      fc.integer(),
      fc.double({ noNaN: true }).map((each) => makeFloat(each)),
    );
    fc.assert(
      fc.property(number, number, (left, right) => {
        const both = Number(compare('<', left, right)) + Number(compare('>', left, right));
        expect(both + Number(equals(left, right))).toBe(1);
      }),
    );
  });
});

describe('data of the tool', () => {
  const data = Object.freeze({
    name: 'orders',
    tags: Object.freeze(['a']),
    meta: Object.freeze({ owner: 'me' }),
  });
  const names = new Map<string, Value>([['data', data as unknown as Value]]);

  test.each([
    ['data', "{'name': 'orders', 'tags': ['a'], 'meta': {'owner': 'me'}}"],
    ['data.meta.owner', 'me'],
    ['data["meta"]["owner"]', 'me'],
    ['data.get("nope", 1)', '1'],
    ['data | length', '3'],
    ['data.items() | list | length', '3'],
    ['data == {"name": "orders", "tags": ["a"], "meta": {"owner": "me"}}', 'True'],
    ['"constructor" in data', 'False'],
    ['data.constructor', ''],
    ['data.toString', ''],
    ['data["__proto__"] is defined', 'False'],
  ])('is read as a dict: %s', (source, expected) => {
    expect(evaluate(source, names)).toBe(expected);
  });

  test.each([
    ['{% do data.update({"a": 1}) %}', "TypeError: this 'dict' object is read-only"],
    ['{% do data.pop("name") %}', "TypeError: this 'dict' object is read-only"],
    ['{% do data.meta.clear() %}', "TypeError: this 'dict' object is read-only"],
    ['{% do data.tags.append("b") %}', "TypeError: this 'list' object is read-only"],
    ['{% do data.tags.sort() %}', "TypeError: this 'list' object is read-only"],
  ])('cannot be changed: %s', (source, error) => {
    expect(evaluate(source, names)).toEqual({ error });
  });

  test('a copy can be changed', () => {
    expect(evaluate('{% set c = data.copy() %}{% do c.update({"x": 1}) %}{{ c.x }}', names)).toBe('1');
  });
});

// What Python's json.loads gives.
describe('reading JSON', () => {
  test.each([
    ['{"2":1,"1":2,"2":3}', "{'2': 3, '1': 2}"],
    ['[NaN,-Infinity,1e5,1.0,12345678901234567890]', '[nan, -inf, 100000.0, 1.0, 12345678901234567890]'],
    ['{"__proto__": {"a": "\\u00e9\\n"}}', "{'__proto__': {'a': 'é\\n'}}"],
    [' null ', 'None'],
  ])('%s', (text, expected) => {
    expect(repr(parseJson(text))).toBe(expected);
  });

  test.each([
    ['', 'Expecting value: line 1 column 1 (char 0)'],
    ['tru', 'Expecting value: line 1 column 1 (char 0)'],
    ['[1 2]', "Expecting ',' delimiter: line 1 column 4 (char 3)"],
    ['{"a" 1}', "Expecting ':' delimiter: line 1 column 6 (char 5)"],
    ['{a:1}', 'Expecting property name enclosed in double quotes: line 1 column 2 (char 1)'],
    ['1 2', 'Extra data: line 1 column 3 (char 2)'],
    ['[1,\n x]', 'Expecting value: line 2 column 2 (char 5)'],
  ])('a mistake is told with its place: %s', (text, message) => {
    expect(() => parseJson(text)).toThrow(message);
  });

  test('what is written is read back the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), (data) => {
        const value = parseJson(JSON.stringify(data));
        expect(equals(parseJson(toJson(value)), value)).toBe(true);
        expect(JSON.parse(toJson(value))).toEqual(JSON.parse(JSON.stringify(data)));
      }),
    );
  });
});
