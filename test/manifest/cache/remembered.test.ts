import { readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { buildGraph } from '../../../src/graph/graph.ts';
import { rowsGraph } from '../../../src/graph/rows-graph.ts';
import { sliceOf } from '../../../src/manifest/cache/slices.ts';
import { readRecord, readRest, type Snapshot } from '../../../src/manifest/cache/snapshot.ts';
import { allNodes } from '../../../src/manifest/manifest.ts';
import { type Ran, sluice, type TestProject, testProject, testWorld } from '../../rig.ts';
import { editedProject } from './edited-project.ts';

let project: TestProject;

beforeEach(() => {
  project = testProject(editedProject);
  // The moment of a test is too fresh for time stamps to be trusted.
  age(project.directory);
});

/** Puts all files and folders into the past; what changes them later has new times. */
function age(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) age(path);
    utimesSync(path, 1.7e9, 1.7e9);
  }
}

const extentOf = ({ events }: Pick<Ran<'parse'>, 'events'>): string | undefined =>
  events.flatMap((event) => (event.name === 'project-parsed' ? event.extent : []))[0];

const without = (path: string): void => rmSync(project.path(path));

/** What the cache holds. */
function remembered(): Snapshot {
  const directory = project.path('target/sluice-cache');
  const [, build] = readFileSync(join(directory, 'record'), 'latin1').match(/"build":"([^"]+)"/)!;
  return readRest(directory, readRecord(directory, build!)!)!;
}

/** A project whose every template gives the same each time. */
function calm(): void {
  without('models/marts/clocked.sql');
}

async function settled(options: Parameters<typeof sluice<'parse'>>[2] = {}): Promise<void> {
  await sluice(project, 'parse', options);
  // Time stamps of what was just written are trusted a moment later.
  await new Promise((resolve) => setTimeout(resolve, 40));
  await sluice(project, 'parse', options);
}

describe('what is parsed', () => {
  test('what an answer says of a project that is as it was stays what it was when others parse', async () => {
    calm();
    await settled();
    const { outcome, ...first } = await sluice(project, 'parse');
    expect(extentOf(first)).toBe('nothing');
    project.write({ 'models/added.sql': 'select 1 as n' });
    await sluice(project, 'parse');
    await sluice(project, 'parse', { partialParse: false });
    const { nodes } = outcome!.manifest;
    expect(nodes.has('model.shop.added')).toBe(false);
    expect([...nodes.values()].every(({ unique_id: id }) => nodes.has(id))).toBe(true);
  });

  test('a project that is as it was is not parsed, and its manifest is left as it is', async () => {
    calm();
    await settled();
    const before = statSync(project.path('target/manifest.json'));
    const ran = await sluice(project, 'parse');
    expect(extentOf(ran)).toBe('nothing');
    expect(statSync(project.path('target/manifest.json')).ino).toBe(before.ino);
    expect(ran.outcome?.manifest.nodes.size).toBeGreaterThan(90);
  });

  test('an edit parses a part, and the file may keep its size and its time', async () => {
    calm();
    project.write({ 'models/filler/f_1.sql': 'select 1 as a' });
    utimesSync(project.path('models/filler/f_1.sql'), 1.7e9, 1.7e9);
    await settled();
    project.write({ 'models/filler/f_1.sql': 'select 2 as a' });
    utimesSync(project.path('models/filler/f_1.sql'), 1.7e9, 1.7e9);
    const ran = await sluice(project, 'parse');
    expect(extentOf(ran)).toBe('part');
    expect(ran.outcome?.manifest.nodes.get('model.shop.f_1')).toMatchObject({ raw_code: 'select 2 as a' });
  });

  test('a folder that something was renamed in, and a file in it that means nothing, change nothing', async () => {
    calm();
    await settled();
    renameSync(project.path('models/filler/f_1.sql'), project.path('models/filler/f_1.txt'));
    renameSync(project.path('models/filler/f_1.txt'), project.path('models/filler/f_1.sql'));
    project.write({ 'models/filler/notes.txt': 'words' });
    expect(extentOf(await sluice(project, 'parse'))).toBe('nothing');
    project.write({ 'models/filler/more.sql': 'select 1 as a' });
    expect(extentOf(await sluice(project, 'parse'))).toBe('part');
  });

  test('of a described model no more is parsed than its own entry', async () => {
    calm();
    await settled();
    const snapshot = remembered();
    const slice = sliceOf(snapshot, new Set(['models/staging/stg_customers.sql']))!;
    expect([...slice.files]).toEqual(['models/staging/stg_customers.sql', 'models/staging/staging.yml']);
    const isRead = (name: string): boolean => !slice.passesOver('models/staging/staging.yml', name);
    expect(['stg_customers', 'stg_orders'].filter(isRead)).toEqual(['stg_customers']);
    const ids = [...slice.rows].map((row) => snapshot.rows.keys[row]!.replace(/\.[0-9a-f]{10}$/, ''));
    expect(ids).toEqual(['model.shop.stg_customers', 'test.shop.unique_stg_customers_id']);
    // Its file holds more than models and their tests.
    expect(sliceOf(snapshot, new Set(['models/marts/orders.sql']))).toBeNull();
  });

  test('an edit that leaves the dependencies leaves the summary of the graph; another ref writes it anew', async () => {
    calm();
    await settled();
    const summary = () => ({
      file: statSync(project.path('target/graph_summary.json')).ino,
      linked: JSON.parse(readFileSync(project.path('target/graph_summary.json'), 'utf8')).linked as Record<
        number,
        { readonly name: string; readonly succ?: readonly number[] }
      >,
    });
    await sluice(project, 'list');
    const before = summary();
    project.write({ 'models/filler/f_1.sql': 'select 3 as a' });
    expect(extentOf(await sluice(project, 'list'))).toBe('part');
    expect(summary().file).toBe(before.file);
    project.write({ 'models/filler/f_1.sql': "select * from {{ ref('f_2') }}" });
    await sluice(project, 'list');
    const { linked } = summary();
    const childrenOf = Object.values(linked).find(({ name }) => name === 'model.shop.f_2')?.succ ?? [];
    expect(childrenOf.map((number) => linked[number]?.name)).toContain('model.shop.f_1');
    expect(summary().file).not.toBe(before.file);
  });

  test('files with new time stamps and the same content are not parsed', async () => {
    calm();
    await settled();
    for (const entry of readdirSync(project.path('models'), { recursive: true, withFileTypes: true })) {
      utimesSync(join(entry.parentPath, entry.name), 1.71e9, 1.71e9);
    }
    expect(extentOf(await sluice(project, 'parse'))).toBe('nothing');
  });

  test('a folder that was not there is noticed, and so is a profile that was not', async () => {
    calm();
    await settled();
    project.write({
      'functions/one.sql': 'select 1',
      'functions/f.yml': 'functions: [{name: one, returns: {data_type: int}}]',
    });
    expect((await sluice(project, 'parse')).outcome?.manifest.functions.size).toBe(1);
    project.write({
      'profiles.yml': 'shop: {target: dev, outputs: {dev: {type: duckdb, path: x.duckdb, schema: s}}}',
    });
    const { outcome } = await sluice(project, 'parse');
    expect(outcome?.manifest.nodes.get('model.shop.orders')).toMatchObject({ schema: 's' });
  });

  test.each([
    ['a variable that a template reads', { vars: { currency: 'usd' } }, 'part'],
    ['a variable that nothing reads', { vars: { nothing_reads_this: 2 } }, 'nothing'],
    ['another target', { target: 'prod' }, 'whole'],
    ['a flag that a template reads', { args: { full_refresh: true } }, 'part'],
    ['a flag that nothing reads', { args: { printer_width: 100 } }, 'nothing'],
  ] as const)('with %s, %o parses: %s', async (_, options, extent) => {
    calm();
    await settled();
    expect(extentOf(await sluice(project, 'parse', options as object))).toBe(extent);
  });

  test('an environment variable is noticed, and neither its value nor that of a password is written down', async () => {
    calm();
    project.write({
      'profiles.yml': `shop:
  target: dev
  outputs:
    dev: {type: postgres, host: h, user: u, dbname: d, schema: s, port: 1, password: "{{ env_var('PASSWORD') }}"}`,
    });
    const env = { OWNER: 'a-long-owner-name', PASSWORD: 'hush-hush-hush' };
    const world = () => testWorld(project.directory, env);
    await settled({ world: world() });
    expect(extentOf(await sluice(project, 'parse', { world: world() }))).toBe('nothing');
    for (const name of readdirSync(project.path('target/sluice-cache'))) {
      const text = readFileSync(project.path(`target/sluice-cache/${name}`), 'latin1');
      const isShown = name.startsWith('text-');
      expect([name, text.includes('hush'), text.includes('a-long-owner')]).toEqual([name, false, isShown]);
    }
    const other = testWorld(project.directory, { ...env, OWNER: 'b' });
    expect(extentOf(await sluice(project, 'parse', { world: other }))).not.toBe('nothing');
  });

  test('what reads the clock is rendered every time', async () => {
    await settled();
    const ran = await sluice(project, 'parse', { now: new Date('2033-03-03T00:00:00Z') });
    expect(ran.outcome?.manifest.nodes.get('model.shop.clocked')?.config.meta).toMatchObject({ day: '2033' });
  });

  test('a date of deprecation that has passed since is told', async () => {
    calm();
    await settled();
    const { warnings } = await sluice(project, 'parse', { now: new Date('2032-01-01T00:00:00Z') });
    expect(warnings.map(({ code }) => code)).toContain('model-deprecated');
  });

  test('warnings are told each time, with their places', async () => {
    calm();
    const first = await sluice(project, 'parse');
    const again = await sluice(project, 'parse');
    expect(extentOf(again)).toBe('nothing');
    expect(again.warnings.length).toBeGreaterThan(0);
    expect(again.warnings).toEqual(first.warnings);
  });

  test('without --no-partial-parse a mistake is told again, and after it is mended all is well', async () => {
    calm();
    await settled();
    project.write({ 'models/filler/f_2.sql': "select * from {{ ref('nobody') }}" });
    for (let time = 0; time < 2; time += 1) {
      expect((await sluice(project, 'parse')).diagnostics.map(({ code }) => code)).toEqual(['ref-not-found']);
    }
    project.write({ 'models/filler/f_2.sql': "select * from {{ ref('f_3') }}" });
    const { outcome } = await sluice(project, 'parse');
    expect(outcome?.manifest.nodes.get('model.shop.f_2')).toMatchObject({
      depends_on: { nodes: ['model.shop.f_3'] },
    });
  });

  test('models in a ring are refused each time, also where only a part was parsed', async () => {
    calm();
    await settled();
    project.write({
      'models/filler/f_4.sql': "select * from {{ ref('f_5') }}",
      'models/filler/f_5.sql': "select * from {{ ref('f_4') }}",
    });
    for (const command of ['parse', 'parse', 'list', 'compile'] as const) {
      const { diagnostics } = await sluice(project, command);
      expect(diagnostics.map(({ code }) => code)).toEqual(['dependency-cycle']);
    }
  });
});

describe('what is remembered', () => {
  test('the project has as many resources of each type as its manifest, hooks too, however much was parsed', async () => {
    calm();
    const counts = ({ events }: Pick<Ran<'parse'>, 'events'>) =>
      events.flatMap((event) => (event.name === 'project-parsed' ? [event.counts] : []))[0]!;
    const whole = await sluice(project, 'parse', { partialParse: false });
    const types = [...whole.outcome!.manifest.nodes.values()].map((node) => node.resource_type);
    const hooks = types.filter((type) => type === 'operation').length;
    const tests = types.filter((type) => type === 'test').length;
    expect(counts(whole)).toMatchObject({ operation: hooks, data_test: tests, seed: 1, source: 2 });
    expect(hooks).toBe(1);
    expect(counts(await sluice(project, 'parse'))).toEqual(counts(whole));
    project.write({ 'models/filler/f_9.sql': 'select 9 as changed' });
    expect(counts(await sluice(project, 'parse'))).toEqual(counts(whole));
  });

  test('nodes of the cache have the members and values of parsed ones', async () => {
    calm();
    const { outcome: whole } = await sluice(project, 'parse', { partialParse: false });
    const { outcome: cached } = await sluice(project, 'parse');
    const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));
    const [before, after] = [[...allNodes(whole!.manifest)], [...allNodes(cached!.manifest)]];
    expect(after.map(({ unique_id: id }) => id)).toEqual(before.map(({ unique_id: id }) => id));
    for (const [index, node] of after.entries()) {
      expect(Object.keys(node)).toEqual(Object.keys(plain(before[index]) as object));
      expect({ ...node }).toEqual(plain(before[index]));
    }
    for (const part of ['macros', 'docs', 'groups', 'disabled', 'selectors'] as const) {
      expect(plain([...cached!.manifest[part]])).toEqual(plain([...whole!.manifest[part]]));
    }
  });

  test.each([
    'unique_id',
    'name',
    'fqn',
    'resource_type',
    'package_name',
    'original_file_path',
    'depends_on',
    'group',
    'version',
    'source_name',
    'time_spine',
  ])('a node says its %s before it is read as afterwards', async (key) => {
    calm();
    await sluice(project, 'parse');
    const { outcome } = await sluice(project, 'parse');
    for (const node of allNodes(outcome!.manifest)) {
      const fields = node as unknown as Record<string, unknown>;
      const before = JSON.stringify(fields[key]);
      expect(key in fields).toBe(Object.keys(fields).includes(key));
      expect(before, node.unique_id).toBe(JSON.stringify({ ...fields }[key]));
    }
  });

  test('the graph of rows is the graph of nodes', async () => {
    calm();
    const { outcome } = await sluice(project, 'parse', { partialParse: false });
    const graph = buildGraph(outcome!.manifest);
    const rows = rowsGraph(remembered().rows);
    expect(rows.ids).toEqual(graph.ids);
    expect(rows.order).toEqual(graph.order);
    expect(rows.edgeCount).toBe(graph.edgeCount);
    for (const id of graph.ids) {
      expect(rows.parents(id)).toEqual(graph.parents(id));
      expect(rows.children(id)).toEqual(graph.children(id));
    }
    expect([rows.has('model.shop.orders'), rows.has('nobody')]).toEqual([true, false]);
  });

  test.each([
    [{ select: ['+orders+'] }],
    [{ select: ['tag:people', 'path:models/filler'], exclude: ['f_7'] }],
    [{ select: ['config.materialized:table'], output: 'json' as const }],
    [{ resourceTypes: ['test'], output: 'path' as const }],
    [{ selector: 'nightly' }],
  ])('ls %o lists the same from the cache', async (options) => {
    calm();
    const whole = await sluice(project, 'list', { ...options, partialParse: false });
    const cached = await sluice(project, 'list', options);
    const lasting = (lines: readonly string[] | undefined) =>
      lines?.map((line) => line.replace(/"created_at":[\d.]+/g, ''));
    expect(lasting(cached.outcome?.lines)).toEqual(lasting(whole.outcome?.lines));
  });

  test('a build from the cache is the build of a parsed project, and parse afterwards leaves no compiled SQL', async () => {
    calm();
    const files = {
      'models/staging/sources.yml': null,
      'models/staging/staging.yml': null,
      'models/marts/semantic.yml': null,
      'models/marts/marts.yml': null,
      'models/marts/price_v1.sql': null,
      'models/marts/price_v2.sql': null,
      'models/staging/stg_orders.sql': 'select 1 as id, 100 as amount',
      'models/staging/stg_customers.sql': 'select 1 as id',
    };
    project.write(files);
    const first = await sluice(project, 'build', { exclude: ['history'] });
    const second = await sluice(project, 'build', { exclude: ['history'] });
    expect(extentOf(second)).toBe('nothing');
    expect(second.statuses).toEqual(first.statuses);
    const compiled = (): unknown[] =>
      Object.values(
        project.json<{ nodes: Record<string, { compiled?: boolean }> }>('target/manifest.json').nodes,
      ).filter((node) => node.compiled);
    expect(compiled().length).toBeGreaterThan(10);
    await sluice(project, 'parse');
    expect(compiled()).toEqual([]);
  });

  test('what another program wrote, or half of it, is not used', async () => {
    calm();
    await settled();
    const folder = project.path('target/sluice-cache');
    for (const name of readdirSync(folder)) {
      const bytes = readFileSync(join(folder, name));
      writeFileSync(join(folder, name), bytes.subarray(0, bytes.length / 2));
    }
    const ran = await sluice(project, 'parse');
    expect(extentOf(ran)).toBe('whole');
    expect(extentOf(await sluice(project, 'parse'))).toBe('nothing');
  });
});

test.each(['parse', 'list', 'compile'] as const)(
  '%s parses anew where the rows of the parse cache are damaged, whatever is left of the artifacts',
  async (command) => {
    calm();
    await settled();
    const anew = readFileSync(project.path('target/manifest.json'), 'utf8');
    rmSync(project.path('target/manifest.json'));
    const rows = project.path('target/sluice-cache/rows');
    const bytes = readFileSync(rows);
    bytes[bytes.length - 1]! ^= 0x55;
    writeFileSync(rows, bytes);
    const { outcome } = await sluice(project, command);
    expect(outcome?.success).toBe(true);
    const keys = (text: string): readonly string[] => Object.keys(JSON.parse(text).nodes);
    expect(keys(readFileSync(project.path('target/manifest.json'), 'utf8'))).toEqual(keys(anew));
  },
);
