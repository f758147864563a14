import { describe, expect, test } from 'vitest';
import { TemplateSyntaxError } from '../../src/jinja/errors.ts';
import { macroDefinitions, parseTemplate } from '../../src/jinja/template.ts';
import { mentionsOf } from '../../src/jinja/walk.ts';
import { errorOf, printedError, renderText } from './support.ts';

const parse = (text: string) => parseTemplate({ path: 'model.sql', text });
const syntaxError = (text: string): string => printedError(() => parse(text));

describe('tags', () => {
  test.each(['include', 'import', 'from', 'extends', 'block', 'autoescape', 'trans'])(
    '%s is refused with one clear error',
    (tag) => {
      expect(syntaxError(`a\n{% ${tag} 'x' %}`)).toBe(
        [
          `error[template-syntax] the tag '${tag}' is not supported`,
          '  model.sql:2:4',
          '  1 | a',
          `  2 | {% ${tag} 'x' %}`,
          `    |    ${'^'.repeat(tag.length)}`,
          '  hint: dbt projects have no template loader; share text through macros',
        ].join('\n'),
      );
    },
  );

  test('an unclosed block is blamed on its opening tag', () => {
    expect(syntaxError('a\n{% if x %}\nb\nc')).toBe(
      [
        "error[template-syntax] Unexpected end of template. Jinja was looking for the following tags: 'elif' or " +
          "'else' or 'endif'. The innermost block that needs to be closed is 'if'.",
        '  model.sql:2:1',
        '  1 | a',
        '  2 | {% if x %}',
        '    | ^^^^^',
        '  3 | b',
      ].join('\n'),
    );
  });

  test('an end tag that an outer block waits for is a nesting mistake', () => {
    expect(errorFirstLine('{% if x %}{% for y in z %}{% endif %}{% endfor %}')).toBe(
      "error[template-syntax] Encountered unknown tag 'endif'. You probably made a nesting mistake. Jinja is " +
        "expecting this tag, but currently looking for 'endfor' or 'else'. The innermost block that needs to be " +
        "closed is 'for'.",
    );
  });

  test('a mistyped tag gets the nearest one as a hint', () => {
    expect(syntaxError('{% sett x = 1 %}')).toContain("hint: did you mean 'set'?");
    expect(syntaxError('{% for x in y %}{% enfor %}')).toContain("hint: did you mean 'endfor'?");
  });

  test.each(['break', 'continue'])('%s outside a loop is refused', (tag) => {
    expect(errorFirstLine(`{% ${tag} %}`)).toBe(`error[template-syntax] '${tag}' outside loop`);
    expect(errorFirstLine(`{% for x in y %}{% macro m() %}{% ${tag} %}{% endmacro %}{% endfor %}`)).toBe(
      `error[template-syntax] '${tag}' outside loop`,
    );
  });

  test('break and continue act from inside if and set blocks', () => {
    expect(
      renderText('{% for x in [1, 2, 3, 4] %}{% if x == 2 %}{% continue %}{% endif %}{{ x }}{% endfor %}'),
    ).toBe('134');
    expect(
      renderText('{% for x in [1, 2, 3] %}{{ x }}{% if x == 2 %}{% break %}{% endif %}{% endfor %}'),
    ).toBe('12');
  });

  test('print writes its expressions', () => {
    expect(renderText('{% print 1, "a" %}')).toBe('1a');
  });
});

describe('macros and blocks of dbt', () => {
  test('names follow the tag, as dbt stores them', () => {
    const names = (text: string): string[] => macroDefinitions(parse(text)).map((macro) => macro.name);
    expect(names('{% macro m() %}{% endmacro %}')).toEqual(['m']);
    expect(names('{% test unique(model) %}{% endtest %}')).toEqual(['test_unique']);
    expect(names('{% materialization view, default %}{% endmaterialization %}')).toEqual([
      'materialization_view_default',
    ]);
    expect(names("{% materialization view, adapter='duckdb' %}{% endmaterialization %}")).toEqual([
      'materialization_view_duckdb',
    ]);
    expect(names('{% snapshot s %}{% endsnapshot %}{% docs d %}{% enddocs %}')).toEqual([
      'snapshot_s',
      'docs_d',
    ]);
  });

  test('parameters may have types and defaults', () => {
    const [macro] = macroDefinitions(
      parse('{% macro m(a: str, b: dict[str, list[int]] = none, c = 1) %}{% endmacro %}'),
    );
    expect(macro!.parameters.map(({ name, type }) => [name, type])).toEqual([
      ['a', 'str'],
      ['b', 'dict[str, list[int]]'],
      ['c', null],
    ]);
  });

  test('a materialization with an unknown argument is refused', () => {
    expect(errorFirstLine('{% materialization m, engine="x" %}{% endmaterialization %}')).toBe(
      "error[template-syntax] materialization 'm' received unknown argument 'engine'.",
    );
  });

  test('a parameter without a default may not follow one with a default', () => {
    expect(errorFirstLine('{% macro m(a=1, b) %}{% endmacro %}')).toBe(
      'error[template-syntax] non-default argument follows default argument',
    );
  });
});

describe('white space and line ends', () => {
  test('one newline at the end is dropped, in every line end', () => {
    expect(renderText('a\n')).toBe('a');
    expect(renderText('a\n\n')).toBe('a\n');
    expect(renderText('a\r\n')).toBe('a');
    expect(renderText('{{ 1 }}\n')).toBe('1');
  });

  test('line ends become \\n in text, strings and raw blocks while positions stay those of the file', () => {
    expect(renderText('a\r\nb\rc\n')).toBe('a\nb\nc');
    expect(renderText('{{ "a\r\nb" }}{% raw %}\r\n{{{% endraw %}')).toBe('a\nb\n{{');
    const error = catchSyntax('a\r\nb {{ 1 ? }}');
    expect(error.span.start).toBe('a\r\nb {{ 1 '.length);
  });

  test('minus strips white space on its side, plus keeps it', () => {
    expect(renderText('a \n {%- if true -%} \n b \n {%- endif %} c')).toBe('ab c');
    expect(renderText('a {{- 1 -}} b {#- c -#} d')).toBe('a1bd');
    expect(renderText('a {%+ if true +%} b {% endif %}')).toBe('a  b ');
  });

  test('raw blocks and comments are left alone', () => {
    expect(renderText('{% raw %}{{ x }}{% endif %}{# c #}{% endraw %}')).toBe('{{ x }}{% endif %}{# c #}');
    expect(renderText('a {%- raw -%} {{ x }} {%- endraw -%} b')).toBe('a{{ x }}b');
    expect(renderText('a{# {{ x }} {% if %} #}b')).toBe('ab');
  });
});

describe('a part of a file', () => {
  const text = 'junk {% macro %}\n{% macro m() %}{{ x ? }}{% endmacro %} more junk {%';
  const start = text.indexOf('{% macro m');

  test('is parsed alone, with positions of the whole file', () => {
    const error = catchSyntax(text, start, text.indexOf(' more'));
    expect(error.message).toBe("unexpected char '?' at 20");
    expect(text[error.span.start]).toBe('?');
  });

  test('ends where it is said to end', () => {
    const whole = '{{ a }}{{ b }}';
    const template = parseTemplate({ path: 'f', text: whole, start: 0, end: 7 });
    expect([...mentionsOf(template).names]).toEqual(['a']);
    expect(catchSyntax('{{ a }}', 0, 5).message).toBe(
      "expected token 'end of print statement', got 'end of template'",
    );
  });
});

describe('unknown filters and tests', () => {
  test('are refused when the template is parsed', () => {
    const error = catchSyntax('{{ x | uper }}');
    expect([error.type, error.message, error.hint]).toEqual([
      'TemplateAssertionError',
      "No filter named 'uper'.",
      "did you mean 'upper'?",
    ]);
    expect(catchSyntax('{{ x is strng }}').hint).toBe("did you mean 'string'?");
  });

  test('inside an if they fail only when they are reached, as in Jinja2', () => {
    expect(
      renderText('{% if false %}{{ 1 | nofilter }}{% endif %}{{ (1 | nofilter) if false else 2 }}'),
    ).toBe('2');
    expect(errorOf('{% if true %}{{ 1 | nofilter }}{% endif %}')).toBe(
      "error[template-template-runtime-error] TemplateRuntimeError: No filter named 'nofilter' found.",
    );
  });

  test('inside a loop, macro or block inside an if they are refused again', () => {
    for (const body of [
      '{% for x in y %}{{ 1 | nofilter }}{% endfor %}',
      '{% macro m() %}{{ 1 | nofilter }}{% endmacro %}',
      '{% set x %}{{ 1 | nofilter }}{% endset %}',
      '{% call m() %}{{ 1 | nofilter }}{% endcall %}',
    ]) {
      expect(catchSyntax(`{% if false %}${body}{% endif %}`).type).toBe('TemplateAssertionError');
    }
  });
});

describe('expressions', () => {
  test('a keyword may be given once', () => {
    expect(errorFirstLine('{{ f(a=1, a=2) }}')).toBe('error[template-syntax] keyword argument repeated: a');
  });

  test('positional arguments after keywords are refused', () => {
    expect(errorFirstLine('{{ f(a=1, 2) }}')).toBe(
      'error[template-syntax] invalid syntax for function call expression',
    );
  });

  test('brackets nested beyond the stack are an error, not a crash', () => {
    expect(errorFirstLine(`{{ ${'('.repeat(100_000)} }}`)).toBe(
      'error[template-syntax] the template is nested too deeply',
    );
    expect(errorFirstLine('{% if x %}'.repeat(100_000))).toBe(
      'error[template-syntax] the template is nested too deeply',
    );
  });
});

function errorFirstLine(text: string): string {
  return syntaxError(text).split('\n')[0]!;
}

function catchSyntax(text: string, start = 0, end = text.length): TemplateSyntaxError {
  try {
    parseTemplate({ path: 'model.sql', text, start, end });
  } catch (thrown) {
    if (thrown instanceof TemplateSyntaxError) return thrown;
    throw thrown;
  }
  throw new Error('the template was accepted');
}
