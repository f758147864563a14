import { describe, expect, test } from 'vitest';
import { HOST, type HostType, type Kwargs } from '../../src/jinja/host.ts';
import { hostFunction, tupleOf, type Value } from '../../src/jinja/values.ts';
import { evaluate } from './python-table.ts';

/** A host object that declares the whole protocol: an amount of some unit. */
class Amount {
  readonly size: number;

  constructor(size: number) {
    this.size = size;
  }

  get [HOST](): HostType<Amount> {
    return amountType;
  }
}

const sizeOf = (value: Value): number | undefined =>
  value instanceof Amount ? value.size : typeof value === 'number' ? value : undefined;

const computed =
  (operation: (left: number, right: number) => number) =>
  (self: Amount, other: Value, reflected: boolean): Value | undefined => {
    const size = sizeOf(other);
    if (size === undefined) return undefined;
    return new Amount(reflected ? operation(size, self.size) : operation(self.size, size));
  };

const amountType: HostType<Amount> = {
  typeName: 'Amount',
  attr: (self, name) => (name === 'size' ? self.size : undefined),
  item: (self, key) => (key === 'size' || key === '_hidden' ? self.size : undefined),
  call: (self, args) => tupleOf([self.size, ...args]),
  str: (self) => `${self.size} kg`,
  repr: (self) => `Amount(${self.size})`,
  truth: (self) => self.size !== 0,
  length: (self) => self.size,
  iterate: (self) => Array.from({ length: self.size }, (_, index) => index),
  contains: (self, item) => typeof item === 'number' && item <= self.size,
  equals: (self, other) => sizeOf(other) === self.size,
  compare: (self, other) => {
    const size = sizeOf(other);
    return size === undefined ? undefined : self.size - size;
  },
  add: computed((left, right) => left + right),
  subtract: computed((left, right) => left - right),
  multiply: computed((left, right) => left * right),
  divide: computed((left, right) => left / right),
  negate: (self) => new Amount(-self.size),
  format: (self, spec) => `${self.size}${spec}`,
  hashKey: (self) => self.size,
  toJson: (self) => ({ kg: self.size }),
  toInt: (self) => Math.trunc(self.size),
  toFloat: (self) => self.size,
};

/** A host object that declares its name only. */
class Bare {
  readonly secret = 'hidden';

  get [HOST](): HostType<Bare> {
    return { typeName: 'Bare' };
  }
}

/** A mapping of the tool. */
class Mapping {
  get [HOST](): HostType<Mapping> {
    return {
      typeName: 'Mapping',
      isMapping: true,
      iterate: () => ['b', 'a'],
      item: (_, key) => (key === 'a' ? 1 : key === 'b' ? 2 : undefined),
    };
  }
}

const names = new Map<string, Value>([
  ['amount', new Amount(3)],
  ['none_left', new Amount(0)],
  ['bare', new Bare()],
  ['mapping', new Mapping()],
]);

describe('a host object shows what it declares', () => {
  test.each([
    ['amount', '3 kg'],
    ['[amount]', '[Amount(3)]'],
    ['amount.size', '3'],
    ['amount["size"]', '3'],
    ['amount._hidden', '3'],
    ['amount(1)', '(3, 1)'],
    ['"yes" if amount else "no"', 'yes'],
    ['"yes" if none_left else "no"', 'no'],
    ['amount | length', '3'],
    ['amount | list', '[0, 1, 2]'],
    ['2 in amount', 'True'],
    ['5 in amount', 'False'],
    ['amount == 3', 'True'],
    ['3 == amount', 'True'],
    ['amount != 4', 'True'],
    ['amount in [1, 3]', 'True'],
    ['amount < 4', 'True'],
    ['4 < amount', 'False'],
    ['[amount, 1, 5] | sort', '[1, Amount(3), 5]'],
    ['amount + 1', '4 kg'],
    ['10 - amount', '7 kg'],
    ['amount * 2', '6 kg'],
    ['12 / amount', '4 kg'],
    ['-amount', '-3 kg'],
    ['[amount, 1] | sum', '4 kg'],
    ['"{:>5}".format(amount)', '3>5'],
    ['"%s %d %.1f" % (amount, amount, amount)', '3 kg 3 3.0'],
    ['{amount: "x"}[3]', 'x'],
    ['{3: "x"}[amount]', 'x'],
    ['[amount, 3] | unique', '[Amount(3)]'],
    ['amount | tojson', '{"kg": 3}'],
    ['amount | int', '3'],
    ['amount | float', '3.0'],
    ['amount is number', 'True'],
    ['amount is callable', 'True'],
    ['amount is iterable', 'True'],
    ['amount ~ "!"', '3 kg!'],
  ])('%s', (source, expected) => {
    expect(evaluate(source, names)).toBe(expected);
  });
});

describe('what a host object does not declare does not exist', () => {
  test.each([
    ['bare.secret', ''],
    ['bare.constructor', ''],
    ['bare.size.x', { error: "UndefinedError: 'Bare object' has no attribute 'size'" }],
    [
      'bare.__proto__.x',
      { error: "SecurityError: access to attribute '__proto__' of 'Bare' object is unsafe." },
    ],
    ['bare | attr("secret")', ''],
    ['"{0.secret}".format(bare)', ''],
    ['bare', '<Bare object>'],
    ['"yes" if bare else "no"', 'yes'],
    ['bare == bare', 'True'],
    ['bare == 1', 'False'],
    ['bare | length', { error: "TypeError: object of type 'Bare' has no len()" }],
    ['bare | list', { error: "TypeError: 'Bare' object is not iterable" }],
    ['bare()', { error: "TypeError: 'Bare' object is not callable" }],
    ['bare + 1', { error: "TypeError: unsupported operand type(s) for +: 'Bare' and 'int'" }],
    ['bare < 1', { error: "TypeError: '<' not supported between instances of 'Bare' and 'int'" }],
    ['{bare: 1}', { error: "TypeError: unhashable type: 'Bare'" }],
    ['bare | tojson', { error: 'TypeError: Object of type Bare is not JSON serializable' }],
    ['amount + "a"', { error: "TypeError: unsupported operand type(s) for +: 'Amount' and 'str'" }],
  ])('%s', (source, expected) => {
    expect(evaluate(source, names)).toEqual(expected);
  });
});

describe('a host mapping is read as a dict', () => {
  test.each([
    ['mapping.a', '1'],
    ['mapping is mapping', 'True'],
    ['mapping | list', "['b', 'a']"],
    ['mapping | items', "[('b', 2), ('a', 1)]"],
    ['mapping | dictsort', "[('a', 1), ('b', 2)]"],
    ['dict(mapping)', "{'b': 2, 'a': 1}"],
    ['mapping | tojson', '{"a": 1, "b": 2}'],
    ['"%(a)s" % mapping', '1'],
  ])('%s', (source, expected) => {
    expect(evaluate(source, names)).toBe(expected);
  });
});

// The messages come from Python 3.11.
describe('a host function binds its arguments as Python does', () => {
  const show = (...values: Value[]): Value => tupleOf(values);
  const functions = new Map<string, Value>([
    ['z', hostFunction('z', [], show)],
    ['g', hostFunction('g', ['a', 'b'], show)],
    ['h', hostFunction('h', ['a', ['b', 1]], show)],
    ['k3', hostFunction('k3', ['a', 'b', 'c'], show)],
    ['ko', hostFunction('ko', ['*', 'k'], show)],
    ['all', hostFunction('all', ['a', ['b', null], '*rest', ['k', 5], '**named'], show)],
  ]);

  test.each([
    ['h(1)', '(1, 1)'],
    ['h(1, none)', '(1, None)'],
    ['h(b=2, a=1)', '(1, 2)'],
    ['ko(k=1)', '(1,)'],
    ['all(1)', '(1, None, (), 5, {})'],
    ['all(1, 2, 3, 4, k=none, x=6)', "(1, 2, (3, 4), None, {'x': 6})"],
    ['all(*[1, 2], **{"k": 3})', '(1, 2, (), 3, {})'],
    ['g()', { error: "TypeError: g() missing 2 required positional arguments: 'a' and 'b'" }],
    ['g(1)', { error: "TypeError: g() missing 1 required positional argument: 'b'" }],
    ['k3()', { error: "TypeError: k3() missing 3 required positional arguments: 'a', 'b', and 'c'" }],
    ['g(1, 2, 3)', { error: 'TypeError: g() takes 2 positional arguments but 3 were given' }],
    ['h(1, 2, 3)', { error: 'TypeError: h() takes from 1 to 2 positional arguments but 3 were given' }],
    ['z(1)', { error: 'TypeError: z() takes 0 positional arguments but 1 was given' }],
    ['g(1, a=2)', { error: "TypeError: g() got multiple values for argument 'a'" }],
    ['g(1, c=2)', { error: "TypeError: g() got an unexpected keyword argument 'c'" }],
    ['ko()', { error: "TypeError: ko() missing 1 required keyword-only argument: 'k'" }],
    ['ko(1)', { error: 'TypeError: ko() takes 0 positional arguments but 1 was given' }],
  ])('%s', (source, expected) => {
    expect(evaluate(source, functions)).toEqual(expected);
  });

  test('keyword arguments keep the order in which they were written', () => {
    let seen: Kwargs | null = null;
    const spy = new Map<string, Value>([
      [
        'spy',
        hostFunction('spy', ['**named'], (named) => {
          seen = new Map([['named', named!]]);
          return named!;
        }),
      ],
    ]);
    expect(evaluate('spy(b=1, __proto__=2, a=3)', spy)).toBe("{'b': 1, '__proto__': 2, 'a': 3}");
    expect(seen).not.toBeNull();
  });
});
