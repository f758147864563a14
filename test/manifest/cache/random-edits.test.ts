import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { DiagnosticError } from '../../../src/core/diagnostic.ts';
import type { Event } from '../../../src/core/event.ts';
import { type ProjectOptions, parse } from '../../../src/index.ts';
import { testProject } from '../../rig.ts';
import { editedProject } from './edited-project.ts';

/** A small generator of the same numbers for the same seed. */
function chance(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

interface Outside {
  vars: Record<string, unknown>;
  env: Record<string, string>;
  target: string;
  args: Record<string, unknown>;
}

interface Parsed {
  readonly manifest: string;
  readonly warnings: readonly string[];
  readonly errors: readonly string[];
  readonly extent: string;
}

/** Everything of the manifest but what tells one invocation from another. */
const lasting = (text: string): string =>
  text.slice(text.indexOf('\n"nodes"')).replace(/"created_at":[\d.e+]+/g, '"created_at":0');

async function parsed(directory: string, outside: Outside, more: ProjectOptions): Promise<Parsed> {
  const events: Event[] = [];
  const targetPath = more.targetPath ?? 'target';
  const options = { ...outside, projectDir: directory, profilesDir: directory, ...more };
  const invocation = parse({ ...options, targetPath, onEvent: (event) => events.push(event) });
  const told = (): string[] =>
    events.flatMap((event) =>
      event.name === 'diagnostic' ? `${event.diagnostic.code} ${event.diagnostic.message}` : [],
    );
  const extent = (): string =>
    events.flatMap((event) => (event.name === 'project-parsed' ? event.extent : []))[0] ?? 'failed';
  try {
    await invocation;
    const manifest = lasting(readFileSync(join(directory, targetPath, 'manifest.json'), 'utf8'));
    return { manifest, warnings: told().sort(), errors: [], extent: extent() };
  } catch (caught) {
    if (!(caught instanceof DiagnosticError)) throw caught;
    const errors = caught.diagnostics.map(({ code, message }) => `${code} ${message}`);
    return { manifest: '', warnings: [], errors, extent: extent() };
  }
}

type Edit = (project: Edited) => void;

/** The project's files as they are to be, with the ways to change them. */
class Edited {
  readonly files: Map<string, string>;
  readonly outside: Outside = { vars: {}, env: {}, target: 'dev', args: {} };
  readonly directory: string;
  readonly pick: (below: number) => number;

  constructor(directory: string, pick: (below: number) => number) {
    this.directory = directory;
    this.pick = pick;
    this.files = new Map(Object.entries(editedProject) as [string, string][]);
  }

  one<Item>(items: readonly Item[]): Item {
    return items[this.pick(items.length)]!;
  }

  put(path: string, text: string): void {
    this.files.set(path, text);
    mkdirSync(dirname(join(this.directory, path)), { recursive: true });
    writeFileSync(join(this.directory, path), text);
  }

  remove(path: string): void {
    this.files.delete(path);
    rmSync(join(this.directory, path), { force: true });
  }

  /** Replaces the first of a text; nothing where the file has it no more. */
  swap(path: string, from: string, to: string): void {
    const text = this.files.get(path);
    if (text?.includes(from)) this.put(path, text.replace(from, to));
  }

  /** Does something, or takes it back where it was done. */
  toggle(path: string, from: string, to: string): void {
    if (this.files.get(path)?.includes(to)) this.swap(path, to, from);
    else this.swap(path, from, to);
  }

  toggleFile(path: string, text: string): void {
    if (this.files.has(path)) this.remove(path);
    else this.put(path, text);
  }

  /** Makes the files what they were. */
  restore(files: ReadonlyMap<string, string>): void {
    for (const path of [...this.files.keys()]) if (!files.has(path)) this.remove(path);
    for (const [path, text] of files) if (this.files.get(path) !== text) this.put(path, text);
  }

  get models(): readonly string[] {
    return [...this.files.keys()].filter((path) => /^models\/.*\.sql$/.test(path));
  }

  get cacheFiles(): readonly string[] {
    const folder = join(this.directory, 'target/sluice-cache');
    try {
      return readdirSync(folder).map((name) => join(folder, name));
    } catch {
      return [];
    }
  }
}

const marts = 'models/marts/marts.yml';
const staging = 'models/staging/staging.yml';

const edits: Readonly<Record<string, Edit>> = {
  nothing: () => {},
  'a comment in a model': (p) => {
    const path = p.one(p.models);
    p.put(path, `${p.files.get(path)} -- ${p.pick(1000)}`);
  },
  'a model saved by renaming': (p) => {
    const path = p.one(p.models);
    const aside = `${path}~`;
    p.put(aside, `${p.files.get(path)} -- ${p.pick(1000)}`);
    p.files.set(path, p.files.get(aside)!);
    p.files.delete(aside);
    renameSync(join(p.directory, aside), join(p.directory, path));
  },
  'a file that is nothing': (p) => p.toggleFile('models/staging/notes.txt', 'words'),
  'a model that reads the clock': (p) => {
    const path = 'models/marts/clocked.sql';
    p.toggleFile(path, editedProject[path] as string);
  },
  'a variable read by a described model': (p) =>
    p.toggle('models/staging/stg_customers.sql', 'select *', 'select *, \'{{ var("currency") }}\' as c'),
  'configuration in a described model': (p) =>
    p.toggle('models/staging/stg_orders.sql', 'select *', "{{ config(meta={'a': 1}) }} select *"),
  'the name of a described model': (p) =>
    p.toggle('models/staging/stg_orders.sql', 'select *', "{{ config(alias='people') }} select *"),
  'another parent': (p) => p.toggle('models/marts/orders.sql', "ref('stg_orders')", "ref('stg_customers')"),
  'a parent that does not exist': (p) => p.toggle('analyses/look.sql', "ref('customers')", "ref('customer')"),
  'a tag': (p) => p.toggle('models/staging/stg_customers.sql', "['people']", "['people', 'more']"),
  'an alias that is taken': (p) => p.toggle('models/marts/customers.sql', "alias='people'", "alias='orders'"),
  'a model switched off by its text': (p) =>
    p.toggle('models/marts/days.sql', 'select {{', '{{ config(enabled=false) }} select {{'),
  'a model others need switched off': (p) =>
    p.toggle('models/staging/stg_customers.sql', "tags=['people']", "enabled=false, tags=['people']"),
  'a new model': (p) => p.toggleFile('models/marts/extra.sql', "select * from {{ ref('orders') }}"),
  'a model that properties wait for': (p) => p.toggleFile('models/staging/waited_for.sql', 'select 1'),
  'properties of no model': (p) =>
    p.toggleFile(
      'models/staging/waiting.yml',
      'models: [{name: waited_for, data_tests: [{unique: {arguments: {column_name: a}}}]}]',
    ),
  'a model that goes': (p) => p.toggleFile('models/staging/stg_flags.sql', 'select 1 as was_flags'),
  'a model that moves': (p) => {
    const [from, to] = p.files.has('models/marts/days.sql')
      ? ['models/marts/days.sql', 'models/staging/days.sql']
      : ['models/staging/days.sql', 'models/marts/days.sql'];
    const text = p.files.get(from);
    if (text === undefined) return;
    p.remove(from);
    p.put(to, text);
  },
  'a test more': (p) => p.toggle(staging, '[not_null,', '[not_null, unique,'),
  'a description': (p) => p.toggle(staging, "{{ doc('order') }}", 'An order'),
  'a column': (p) => p.toggle(staging, '      - name: id\n', '      - name: total\n      - name: id\n'),
  'the group of a model': (p) => p.toggle(marts, '    group: sales\n', ''),
  'the access of a model': (p) => p.toggle(marts, 'access: public', 'access: private'),
  'the group itself': (p) => p.toggle(marts, '{name: sales, owner', '{name: selling, owner'),
  'the latest version': (p) => p.toggle(marts, 'latest_version: 2', 'latest_version: 1'),
  'a date of deprecation': (p) => p.toggle(marts, '2031-01-01', '2021-01-01'),
  'an exposure': (p) => p.toggle(marts, 'name: board', 'name: second_board'),
  'a unit test': (p) => p.toggle(marts, 'rows: [{id: 1}]}\n', 'rows: [{id: 2}]}\n'),
  'a measure': (p) => p.toggle('models/marts/semantic.yml', 'expr: euro', 'expr: cents'),
  'a measure that is not there': (p) =>
    p.toggle('models/marts/semantic.yml', '{measure: total}', '{measure: totals}'),
  'a source': (p) => p.toggle('models/staging/sources.yml', 'name: customers,', 'name: clients,'),
  'tests of a source': (p) => p.toggle('models/staging/sources.yml', '[unique, not_null]', '[not_null]'),
  'broken YAML': (p) => p.toggle(staging, 'models:\n', 'models: [\n'),
  'a broken template': (p) => p.toggle('models/marts/orders.sql', "{{ shout('x') }}", "{{ shout('x' }}"),
  'the body of a macro': (p) => p.toggle('macros/money.sql', '/ 100', '/ 100.0'),
  'what a macro calls': (p) => p.toggle('macros/money.sql', '{{ cents(column) }}', '{{ twiced(column) }}'),
  'what a macro refers to': (p) =>
    p.toggle('macros/limits.sql', 'limit 100', "limit (select count(*) from {{ ref('countries') }})"),
  'the description of a macro': (p) => p.toggle('macros/macros.yml', 'From cents', 'Of cents'),
  'a macro that hides one of ours': (p) =>
    p.toggleFile(
      'macros/naming.sql',
      "{% macro generate_schema_name(custom, node) %}{{ custom or target.schema }}_{{ var('currency') }}{% endmacro %}",
    ),
  'a macro that hides ref': (p) =>
    p.toggleFile(
      'macros/ref.sql',
      '{% macro ref() %}{{ return(builtins.ref(*varargs, **kwargs)) }}{% endmacro %}',
    ),
  'a macro for the adapter': (p) =>
    p.toggleFile('macros/duck.sql', "{% macro duckdb__shout(text) %}'quack {{ text }}'{% endmacro %}"),
  'a macro of the name of a macro': (p) =>
    p.toggleFile('macros/twice.sql', '{% macro cents(c) %}{{ c }}{% endmacro %}'),
  'the body of a generic test': (p) => p.toggle('tests/generic/positive.sql', ' < ', ' <= '),
  'a generic test of one of ours': (p) =>
    p.toggleFile(
      'tests/generic/not_null.sql',
      '{% test not_null(model, column_name) %}select 1 from {{ model }} where {{ column_name }} is null{% endtest %}',
    ),
  'a singular test': (p) => p.toggle('tests/no_orphans.sql', "ref('orders')", "ref('customers')"),
  'a text of the docs': (p) => p.toggle('models/staging/words.md', 'goods', 'wares'),
  'a docs block that goes': (p) => p.toggle('models/staging/words.md', 'docs other', 'docs others'),
  'a seed': (p) => p.toggle('seeds/countries.csv', '1,Spain', '1,Portugal'),
  'types of a seed': (p) => p.toggle('seeds/seeds.yml', 'bigint', 'integer'),
  'a snapshot': (p) => p.toggle('snapshots/history.sql', "check_cols='all'", "check_cols=['id']"),
  'a package': (p) => p.toggle('dbt_packages/util/macros/u.sql', '* 2', '* 3'),
  'a model of a package': (p) =>
    p.toggleFile('dbt_packages/util/models/orders.sql', "{{ config(alias='util_orders') }} select 1 as one"),
  'a description in a package': (p) => p.toggle('dbt_packages/util/models/util.yml', 'days}', 'dates}'),
  selectors: (p) => p.toggle('selectors.yml', 'nightly', 'daily'),
  'configuration of the project': (p) => p.toggle('dbt_project.yml', 'view', 'table'),
  'a folder that is configured': (p) => p.toggle('dbt_project.yml', 'nowhere:', 'days:'),
  'a hook': (p) => p.toggle('dbt_project.yml', '| length', '| upper'),
  'an ignore file': (p) => p.toggleFile('.dbtignore', 'models/marts/clocked.sql\n'),
  'a variable that is read': (p) => {
    p.outside.vars = p.one([{}, { currency: 'usd' }, { currency: 'gbp', has_off: true }]);
  },
  'a variable that nothing reads': (p) => {
    p.outside.vars = { ...p.outside.vars, nothing_reads_this: p.pick(100) };
  },
  'the environment': (p) => {
    p.outside.env = p.one<Record<string, string>>([{}, { OWNER: 'ann' }, { OWNER: 'bob', OTHER: '1' }]);
  },
  'another target': (p) => {
    p.outside.target = p.one(['dev', 'prod']);
  },
  flags: (p) => {
    p.outside.args = p.one<Record<string, unknown>>([
      {},
      { full_refresh: true },
      { store_failures: true },
      { printer_width: 100 },
    ]);
  },
  'new time stamps': (p) => {
    for (const path of p.files.keys()) {
      const time = 1.7e9 + p.pick(1e6);
      utimesSync(join(p.directory, path), time, time);
    }
  },
  'a damaged cache': (p) => {
    if (p.cacheFiles.length === 0) return;
    const path = p.one(p.cacheFiles);
    const bytes = readFileSync(path);
    if (bytes.length === 0) return;
    bytes[p.pick(bytes.length)]! ^= 0x55;
    writeFileSync(path, bytes);
    const { atime } = statSync(path);
    utimesSync(path, atime, new Date(1.7e12));
  },
  'a cut cache': (p) => {
    if (p.cacheFiles.length === 0) return;
    const path = p.one(p.cacheFiles);
    writeFileSync(path, readFileSync(path).subarray(0, p.pick(1000)));
  },
  'a cache that is partly gone': (p) => {
    if (p.cacheFiles.length > 0) rmSync(p.one(p.cacheFiles));
  },
  'a manifest that is gone': (p) => rmSync(join(p.directory, 'target/manifest.json'), { force: true }),
  'a manifest of another program': (p) => {
    mkdirSync(join(p.directory, 'target'), { recursive: true });
    writeFileSync(join(p.directory, 'target/manifest.json'), '{}');
  },
};

const steps = Number(process.env['SLUICE_TEST_EDITS'] ?? 90);

test.each([1, 2, 3])(
  'after any edit the cache gives what parsing everything gives (seed %i)',
  async (seed) => {
    const project = testProject(editedProject);
    const pick = chance(seed * 7919);
    const edited = new Edited(project.directory, pick);
    const names = Object.keys(edits);
    const done: string[] = [];
    // What reads the clock is parsed every time, and with it all that belongs to it.
    if (seed === 3) edits['a model that reads the clock']!(edited);
    const extents: Record<string, number> = {};
    let good: ReadonlyMap<string, string> = new Map(edited.files);
    for (let step = 0; step < steps; step += 1) {
      // Mostly one at a time, sometimes several, and what broke the project is often mended at once.
      const count = pick(5) === 0 ? 1 + pick(3) : 1;
      for (let each = 0; each < count; each += 1) {
        const name = edited.one(names);
        edits[name]!(edited);
        done.push(name);
      }
      const cached = await parsed(project.directory, edited.outside, {});
      const whole = await parsed(project.directory, edited.outside, {
        partialParse: false,
        targetPath: 'whole',
      });
      extents[cached.extent] = (extents[cached.extent] ?? 0) + 1;
      const recent = done.slice(-8).join(', ');
      expect(cached.errors, recent).toEqual(whole.errors);
      expect(cached.warnings, recent).toEqual(whole.warnings);
      expect(cached.manifest === whole.manifest || firstDifference(cached, whole), recent).toBe(true);
      if (whole.errors.length === 0) good = new Map(edited.files);
      else if (pick(5) > 0) edited.restore(good);
    }
    // What is compared must not be two whole parses throughout.
    expect(extents['part']).toBeGreaterThan(steps / 6);
  },
  480_000,
);

/** A few words around the first place where two manifests differ. */
function firstDifference(cached: Parsed, whole: Parsed): string {
  const [a, b] = [cached.manifest.split('\n'), whole.manifest.split('\n')];
  const line = a.findIndex((text, index) => text !== b[index]);
  const [one, other] = [a[line] ?? '', b[line] ?? ''];
  const at = [...one].findIndex((character, index) => character !== other[index]);
  const around = (text: string): string => text.slice(Math.max(0, at - 120), at + 120);
  return `${cached.extent}, line ${line}: ${one.slice(0, 80)}\n${around(one)}\n${around(other)}`;
}
