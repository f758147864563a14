import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands, commandsNotYet } from '../../src/cli/flags/commands.ts';
import { type Flag, globalFlags } from '../../src/cli/flags/flags.ts';
import { TemplateError, toDiagnostic } from '../../src/jinja/errors.ts';
import { anchors, headings, links, page, pages, root, section } from './markdown.ts';

const sources = ['src', 'adapters'].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => readFileSync(join(root, folder, path), 'utf8')),
);

/** Every code that a diagnostic may have: those that are written out, and those that are made from a kind. */
function codes(): ReadonlySet<string> {
  const written = sources.flatMap((text) =>
    [...text.matchAll(/(?:\bcode:|\busage\()([^,;{}]*)/g)].flatMap(([, value]) =>
      [...value!.matchAll(/'([a-z]+(?:-[a-z0-9]+)+)'/g)].map(([, code]) => code!),
    ),
  );
  const failure = readFileSync(join(root, 'src/adapter/failure.ts'), 'utf8');
  const kinds = [...failure.matchAll(/^ {2}\| '(\w+)'/gm)].map(([, kind]) => `warehouse-${kind}`);
  const raised = sources.flatMap((text) =>
    [...text.matchAll(/\braise\(\s*'([\w.]+)'/g)].map(([, type]) => {
      const thrown = new TemplateError(type!, '', null, null);
      return toDiagnostic(thrown).code;
    }),
  );
  return new Set([...written, ...kinds, ...raised, 'metric-not-found', 'function-not-found']);
}

/** Codes whose type is not written beside the call that raises it. */
const raisedElsewhere = [
  'template-undefined-error',
  'template-security-error',
  'template-memory-error',
  'template-assertion-error',
  'template-json-decode-error',
  'template-jinja-rendering-error',
];

const allFlags = [...globalFlags, ...commands.flatMap((command) => command.flags)];
const spellings = (test: (flag: Flag) => boolean): readonly string[] =>
  [...new Set(allFlags.filter(test).map((flag) => flag.on[0]!))].sort();
const flagsIn = (text: string): readonly string[] => [...new Set(text.match(/--[a-z][a-z-]*/g) ?? [])].sort();

describe('the documentation', () => {
  test.each(pages().map((one) => [one.path, one] as const))('links of %s lead somewhere', (path, one) => {
    const broken = links(one).filter((target) => {
      const [file = '', anchor] = target.split('#');
      const wanted = file === '' ? path : join(dirname(path), file);
      if (!existsSync(join(root, wanted))) return true;
      if (anchor === undefined) return statSync(join(root, wanted)).isDirectory();
      return !anchors(page(wanted)).has(anchor);
    });
    expect(broken).toEqual([]);
  });

  test('every page of docs is linked from its index', () => {
    const linked = [...links(page('docs/README.md')), ...links(page('docs/decisions/README.md'))];
    const missing = pages()
      .map(({ path }) => path)
      .filter((path) => path.startsWith('docs/') && !path.endsWith('README.md'))
      .filter((path) => !linked.includes(path.replace(/^docs\/(decisions\/)?/, '')));
    expect(missing).toEqual([]);
  });

  test('every diagnostic has a heading with its code in errors.md, once', () => {
    const documented = headings(page('docs/errors.md'), '###');
    expect([...codes()].filter((code) => !documented.includes(code))).toEqual([]);
    expect(documented.filter((code, index) => documented.indexOf(code) !== index)).toEqual([]);
  });

  test('errors.md has no code that nothing can give', () => {
    const known = new Set([...codes(), ...raisedElsewhere]);
    expect(headings(page('docs/errors.md'), '###').filter((code) => !known.has(code))).toEqual([]);
  });

  test('every command has a heading in commands.md, with its examples being commands', () => {
    const documented = headings(page('docs/commands.md'), '##');
    expect(commands.map(({ name }) => name).filter((name) => !documented.includes(name))).toEqual([]);
  });

  test('every flag that help shows is in commands.md, and every flag there exists', () => {
    const documented = flagsIn(page('docs/commands.md').text);
    const shown = allFlags
      .filter((flag) => flag.help !== null)
      .map((flag) => (flag.shownOff ? flag.off[0]! : flag.on.find((on) => on.startsWith('--'))!));
    expect([...new Set(shown)].filter((flag) => !documented.includes(flag))).toEqual([]);
    const known = new Set([
      ...allFlags.flatMap(({ on, off }) => [...on, ...off]),
      '--help',
      '--version',
      '--no-',
    ]);
    expect(documented.filter((flag) => !known.has(flag))).toEqual([]);
  });

  test('coming-from-dbt.md has exactly the commands that are not there yet', () => {
    const [sentence = ''] = section(page('docs/coming-from-dbt.md'), '### Commands').trim().split(/\. /);
    const named = [...sentence.matchAll(/`([^`]+)`/g)].map(([, name]) => name!.replaceAll('\n', ' '));
    expect(named.sort()).toEqual([...commandsNotYet].sort());
  });

  test('coming-from-dbt.md has exactly the flags that are refused, and those without effect', () => {
    const [refused = '', inert = ''] = section(page('docs/coming-from-dbt.md'), '### Flags')
      .trim()
      .split('\n\n');
    expect(flagsIn(refused)).toEqual(spellings(({ use }) => typeof use === 'object'));
    expect(flagsIn(inert)).toEqual(spellings(({ use }) => use === 'inert'));
  });

  test('the macros that coming-from-dbt.md lists as missing are missing', () => {
    const text = section(page('docs/coming-from-dbt.md'), '### Built-in macros');
    const items = [...text.matchAll(/^- (.*?)(?:[;.])$/gms)].map(([, item]) => item!);
    const named = items.flatMap((item) => [...item.matchAll(/`(\w+)`/g)].map(([, name]) => name!));
    const macros = readdirSync(join(root, 'macros'), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith('.sql'))
      .map((path) => readFileSync(join(root, 'macros', path), 'utf8'))
      .join('\n');
    expect(named.length).toBeGreaterThan(0);
    expect(named.filter((name) => new RegExp(`\\bmacro ${name}\\(`).test(macros))).toEqual([]);
  });
});
