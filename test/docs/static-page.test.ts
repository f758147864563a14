import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { expect, test } from 'vitest';
import { noStats } from '../../src/artifacts/catalog.ts';
import { type SiteData, type SiteNode, siteData } from '../../src/docs/site-data.ts';
import { escapeForScript, writeStaticDocs } from '../../src/docs/static-page.ts';
import type { GraphNode } from '../../src/manifest/node.ts';
import { manifest, model, orders, result, seed, startedAt, uniqueTest } from '../artifacts/sample.ts';

const siteDirectory = join(import.meta.dirname, '../../src/docs/site');

const catalog = {
  nodes: new Map([
    [
      'model.shop.orders',
      {
        metadata: {
          type: 'BASE TABLE',
          schema: 'main',
          name: 'orders',
          database: 'dev',
          comment: null,
          owner: 'ann',
        },
        columns: {
          amount: { type: 'DOUBLE', index: 2, name: 'amount', comment: 'In euros' },
          id: { type: 'INTEGER', index: 1, name: 'ID', comment: null },
        },
        stats: {
          ...noStats,
          rows: { id: 'rows', label: 'Rows', value: 99, include: true, description: null },
        },
        unique_id: 'model.shop.orders',
      },
    ],
  ]),
  sources: new Map(),
  errors: null,
};
const results = [
  result({ node: seed, compiledCode: null }),
  result({ node: orders, compiledCode: 'select 2' }),
  result({ node: uniqueTest, status: 'fail', message: 'Got 2 results', failures: 2, response: {} }),
];

const hostile = [
  '</script><script>alert(1)</script>',
  '<!-- <script>',
  '\u2028alert(1)\u2029',
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '{{ script }} {{ data }}',
  "$& $' $`",
].join('\n\n');

function page(...extra: readonly GraphNode[]): string {
  const path = join(mkdtempSync(join(tmpdir(), 'sluice-docs-')), 'static_index.html');
  writeStaticDocs({
    manifest: manifest(...extra),
    results,
    catalog,
    generatedAt: startedAt,
    path,
    siteDirectory,
  });
  return readFileSync(path, 'utf8');
}

const scriptsOf = (html: string): readonly string[] =>
  [...html.matchAll(/<script>([\s\S]*?)<\/script>/g)].map((match) => match[1]!);

const dataOf = (html: string): SiteData =>
  JSON.parse(/<script type="application\/json" id="data">([\s\S]*?)<\/script>/.exec(html)![1]!);

test('hostile text of a project changes nothing but the data', () => {
  const html = page(model('bad', [], { description: hostile, raw_code: hostile, alias: hostile }));
  expect(html.match(/<script/g)).toHaveLength(2);
  expect(html.match(/<!--/g)).toBeNull();
  expect(html).not.toMatch(/[\u2028\u2029]/);
  expect(dataOf(html).nodes.find((node) => node.name === 'bad')).toMatchObject({
    description: hostile,
    raw: hostile,
  });
  expect(scriptsOf(html)).toEqual(scriptsOf(page()));
});

test('the policy allows the one script and the one style by their hashes, and no address at all', () => {
  const html = page();
  const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)![1]!;
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  const style = /<style>([\s\S]*?)<\/style>/.exec(html)![1]!;
  expect(policy).toBe(
    `default-src 'none'; script-src ${hash(scriptsOf(html)[0]!)}; style-src ${hash(style)}; base-uri 'none'; form-action 'none'`,
  );
  expect(html).not.toMatch(/<link|<img|@import|url\(|(?:src|action)="/);
  expect(html).not.toMatch(/ style="| on[a-z]+="/);
});

test('the script is one program, in which no name is declared twice, and reads nothing as HTML', () => {
  const [script] = scriptsOf(page());
  expect(() => new Script(script!)).not.toThrow();
  const names = [...script!.matchAll(/^(?:async )?(?:function|const|let|class) (\w+)/gm)].map(
    (match) => match[1],
  );
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  expect(script).not.toMatch(
    /innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\b|new Function|DOMParser/,
  );
});

test('text that could end a script is escaped, and JSON means the same', () => {
  const value = { a: '</SCRIPT>', b: '<!--', c: '\u2028\u2029', d: '&lt;' };
  const text = escapeForScript(JSON.stringify(value));
  expect(text).not.toMatch(/[<>&\u2028\u2029]/);
  expect(JSON.parse(text)).toEqual(value);
});

test('a node has its description, columns with types of the warehouse, SQL, result and facts', () => {
  const data = siteData({ manifest: manifest(), results, catalog, generatedAt: startedAt });
  const node = data.nodes.find((each) => each.id === 'model.shop.orders') as SiteNode;
  expect(node).toMatchObject({
    name: 'orders',
    type: 'model',
    materialized: 'table',
    group: 'finance',
    description: 'All orders',
    raw: 'select 1 as id',
    compiled: 'select 2',
    parents: ['source.shop.stripe.payments', 'seed.shop.raw_orders'],
    columns: [
      { name: 'id', type: 'INTEGER', description: 'Key', tags: ['pk'] },
      { name: 'amount', type: 'DOUBLE', description: 'In euros', tags: [] },
    ],
    result: { status: 'success', seconds: 0.25, rows: 5 },
  });
  expect(node.facts).toEqual([
    ['access', 'protected'],
    ['in the warehouse', 'BASE TABLE'],
    ['owned by', 'ann'],
    ['rows', '99'],
  ]);
  expect(data).toMatchObject({ project: 'shop', overview: '# The shop', run: { seconds: 0.25 } });
  expect(data.nodes.map((each) => each.name)).toContain('stripe.payments');
  expect(data.nodes.find((each) => each.type === 'exposure')).toMatchObject({ name: 'The board' });
  expect(data.nodes.find((each) => each.type === 'test')).toMatchObject({
    column: 'id',
    on: 'model.shop.orders',
    result: { failures: 2 },
  });
});

test('a node colour that is no colour is dropped', () => {
  const colours = ['gold', '#cd7f32', 'red; background: url(x)', 'url(x)'].map((node_color, index) =>
    model(`m${index}`, [], { docs: { show: index !== 0, node_color } }),
  );
  const { nodes } = siteData({
    manifest: manifest(...colours),
    results: [],
    catalog: null,
    generatedAt: startedAt,
  });
  const chosen = nodes.filter((node) => /^m\d$/.test(node.name));
  expect(chosen.map((node) => node.color)).toEqual(['gold', '#cd7f32', null, null]);
  expect(chosen.map((node) => node.listed)).toEqual([false, true, true, true]);
});

test('without a run and without a catalog the page is still whole', () => {
  const data = siteData({ manifest: manifest(), results: [], catalog: null, generatedAt: startedAt });
  expect(data.run).toBeNull();
  expect(data.nodes.every((node) => node.result === null)).toBe(true);
});
