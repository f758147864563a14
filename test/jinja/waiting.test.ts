import { describe, expect, test } from 'vitest';
import { bindMacro, defineMacro } from '../../src/jinja/bind-macro.ts';
import { render, renderSync, valueAsync } from '../../src/jinja/driver.ts';
import { createEnvironment, type Environment } from '../../src/jinja/environment.ts';
import { pending } from '../../src/jinja/host.ts';
import { parseTemplate } from '../../src/jinja/template.ts';
import { callable, type Value } from '../../src/jinja/values.ts';
import { returnFunction } from './support.ts';

/** A context with `query(x)`, which waits and gives x, and `now(x)`, which gives x at once; both note their calls. */
function waitingEnvironment(notes: Value[] = []): { env: Environment; names: Map<string, Value> } {
  const names = new Map<string, Value>([
    ['return', returnFunction],
    [
      'query',
      callable('query', ([value = null]) => {
        notes.push(value);
        return pending(() => new Promise((resolve) => setImmediate(() => resolve(value))));
      }),
    ],
    [
      'now',
      callable('now', ([value = null]) => {
        notes.push(value);
        return value;
      }),
    ],
    [
      'fail',
      callable('fail', ([message = '']) =>
        pending(async () => {
          throw new Error(String(message));
        }),
      ),
    ],
  ]);
  return { env: createEnvironment({ undefinedPolicy: 'execute', names, inlineMacroPrefix: '' }), names };
}

const template = (text: string) => parseTemplate({ path: 'model.sql', text });

describe('a wait in the middle', () => {
  // Each line has waiting calls in every place that its construct has.
  test.each([
    '{{ query(1) + query(2) * query(3) }}',
    '{{ [query(1), now(2), query(3)] }}{{ (query(4), query(5)) }}{{ {query("a"): query(6), "b": now(7)} }}',
    '{{ query("a") ~ now("b") ~ query("c") }}',
    '{{ query(1) < query(2) <= now(3) < query(4) }}{{ query(1) > query(2) > query(3) }}',
    '{{ query(0) and query(1) }}{{ query(1) and query(2) }}{{ query(0) or query(3) }}{{ query(4) or query(5) }}',
    '{{ not query(0) }}{{ -query(1) }}{{ query("x") if query(0) else query("y") }}',
    '{{ query("abcdef")[query(1):query(5):query(2)] }}{{ query([1, 2])[query(1)] }}{{ query({"a": 1}).a }}',
    '{{ query("a,b").split(query(",")) | join(query("-")) | replace(query("a"), new=query("z")) }}',
    '{{ query(3) is divisibleby(query(2)) }}{{ query([3, 4]) | map("string") | list }}',
    '{{ dict(query([("a", 1)]), **query({"b": query(2)})) }}{{ range(*query([1, 4])) | list }}',
    '{% for x in query([1, 2, 3]) if query(x) > 1 %}{{ query(x) }}{% if query(x) == 2 %}{% continue %}{% endif %}.{% endfor %}',
    '{% for x in query([]) %}{% else %}{{ query("none") }}{% endfor %}',
    '{% for x in [1, 2, 3] %}{{ x }}{% if query(x) == 2 %}{% break %}{% endif %}{% endfor %}',
    '{% set x = query(1) %}{% set a, b = query([2, 3]) %}{% set ns = namespace() %}{% set ns.c = query(4) %}{{ [x, a, b, ns.c] }}',
    '{% set x %}a{% set y %}b{{ query(1) }}c{% endset %}{{ query(2) }}{{ y }}{% endset %}[{{ x }}]',
    '{% set x | replace("a", query("b")) %}a{{ query("a") }}{% endset %}{{ x }}',
    '{% filter upper %}a{{ query("b") }}{% endfilter %}{% with a = query(1), b = query(2) %}{{ a }}{{ query(b) }}{% endwith %}',
    '{% if query(0) %}a{% elif query(1) %}{{ query("b") }}{% else %}c{% endif %}{% do query(1) %}',
    '{% macro m(a, b=query(2)) %}{{ a }}{{ query(b) }}{{ caller(query(3)) }}{% endmacro %}{% call(x) m(query(1)) %}<{{ query(x) }}>{% endcall %}',
    '{% for x in [[1, [2]], [3]] recursive %}{% if x is iterable %}({{ loop(x) }}){% else %}{{ query(x) }}{% endif %}{% endfor %}',
  ])('gives the same text and the same calls in the same order: %s', async (text) => {
    const waited: Value[] = [];
    const direct: Value[] = [];
    const expected = renderSync(template(text.replaceAll('query(', 'now(')), waitingEnvironment(direct).env);
    expect(await render(template(text), waitingEnvironment(waited).env)).toBe(expected);
    expect(waited).toEqual(direct);
  });

  test('keeps what was evaluated before it', async () => {
    const { env } = waitingEnvironment();
    expect(
      await render(
        template('{% set l = [] %}{{ [l.append(1), l | length, query(1), l.append(2)] }}{{ l }}'),
        env,
      ),
    ).toBe('[None, 1, 1, None][1, 2]');
  });
});

test('macros wait through one another, and return reaches through the wait', async () => {
  const { env, names } = waitingEnvironment();
  const define = (name: string, text: string) => names.set(name, bindMacro(defineMacro(template(text)), env));
  define('run_query', '{% macro run_query(x) %}{% set r = query(x) %}{{ return(r) }}{% endmacro %}');
  define(
    'outer',
    '{% macro outer() %}{% for x in run_query([1, 2]) %}{{ run_query(x) }},{% endfor %}{% endmacro %}',
  );
  expect(await render(template('{{ outer() }}{{ run_query({"a": 5}).a }}'), env)).toBe('1,2,5');
});

test('a failure after a wait shows the frames of every macro', async () => {
  const { env, names } = waitingEnvironment();
  names.set('m', bindMacro(defineMacro(template('{% macro m() %}\n{{ fail("lost") }}{% endmacro %}')), env));
  await expect(render(template('\n\n{{ m() }}'), env)).rejects.toMatchObject({
    message: 'lost',
    frames: [{ macro: 'm' }, { macro: null }],
  });
});

test('renders go on side by side while one waits', async () => {
  const order: Value[] = [];
  const one = render(template('{{ query(1) }}{{ now("one") }}'), waitingEnvironment(order).env);
  const two = render(template('{{ query(2) }}{{ now("two") }}'), waitingEnvironment(order).env);
  await Promise.all([one, two]);
  expect(order).toEqual([1, 2, 'one', 'two']);
});

test('waiting while parsing is an error with its place', () => {
  expect(() => renderSync(template('{{ query(1) }}'), waitingEnvironment().env)).toThrow(
    expect.objectContaining({
      type: 'RuntimeError',
      message: 'the warehouse is not available while parsing',
      frames: [expect.objectContaining({ macro: null })],
    }),
  );
});

test('the tool calls a macro and waits for its value', async () => {
  const { env } = waitingEnvironment();
  const macro = bindMacro(defineMacro(template('{% macro m(a) %}{{ return(query(a)) }}{% endmacro %}')), env);
  expect(await valueAsync(macro.call([3], null))).toBe(3);
});
