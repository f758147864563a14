import fc from 'fast-check';
import { expect, test } from 'vitest';

interface Element {
  readonly tag: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly Tree[];
}
type Tree = string | Element;

interface Layout {
  readonly nodes: ReadonlyMap<string, { readonly x: number; readonly y: number }>;
  readonly edges: readonly {
    readonly from: string;
    readonly to: string;
    readonly points: readonly { readonly x: number }[];
  }[];
}

const site = (file: string): Promise<Record<string, unknown>> =>
  import(new URL(`../../src/docs/site/${file}`, import.meta.url).href);
const { markdown } = (await site('markdown.js')) as { markdown: (source: string) => readonly Tree[] };
const { sqlPieces } = (await site('sql.js')) as {
  sqlPieces: (text: string) => readonly (readonly [string, string])[];
};
const { layout } = (await site('layout.js')) as {
  layout: (nodes: readonly string[], edges: readonly (readonly [string, string])[], size: object) => Layout;
};

/** The tree as HTML would look, so that a test is easy to read. */
function shown(tree: Tree | readonly Tree[]): string {
  if (typeof tree === 'string') return tree;
  if (Array.isArray(tree)) return tree.map(shown).join('');
  const { tag, attributes, children } = tree as Element;
  const href = attributes['href'] === undefined ? '' : ` href=${attributes['href']}`;
  return `<${tag}${href}>${shown(children)}</${tag}>`;
}

test.each([
  [
    'a *b* **c** `d*` _e_ snake_case_name',
    '<p>a <em>b</em> <strong>c</strong> <code>d*</code> <em>e</em> snake_case_name</p>',
  ],
  ['# One\ntext\nmore', '<h3>One</h3><p>text\nmore</p>'],
  [
    '- a\n- b\n  - c\n\n1. x\n2. y',
    '<ul><li>a</li><li><p>b</p><ul><li>c</li></ul></li></ul><ol><li>x</li><li>y</li></ol>',
  ],
  ['> quoted\n> more', '<blockquote><p>quoted\nmore</p></blockquote>'],
  ['```sql\nselect *\n```', '<pre><code>select *</code></pre>'],
  ['```\nnever closed', '<pre><code>never closed</code></pre>'],
  [
    '| a | b |\n|---|:-:|\n| 1 | 2 |',
    '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td>1</td><td>2</td></tr></tbody></table>',
  ],
  [
    '[x](https://a.b/c) https://d.e/f_g_h.',
    '<p><a href=https://a.b/c>x</a> <a href=https://d.e/f_g_h>https://d.e/f_g_h</a>.</p>',
  ],
  ['---', '<hr></hr>'],
])('markdown %j', (source, expected) => {
  expect(shown(markdown(source))).toBe(expected);
});

const allowed = new Set(
  'p h3 h4 h5 h6 ul ol li blockquote pre code em strong a table thead tbody tr th td hr'.split(' '),
);

function elements(tree: Tree | readonly Tree[]): readonly Element[] {
  if (typeof tree === 'string') return [];
  if (Array.isArray(tree)) return tree.flatMap(elements);
  return [tree as Element, ...elements((tree as Element).children)];
}

test.each([
  '<img src=x onerror=alert(1)>',
  '[x](javascript:alert(1))',
  '[x](JaVaScRiPt:alert(1))',
  '[x](data:text/html,<script>)',
  '[x](vbscript:x) <a href="javascript:1">x</a>',
  '<javascript:alert(1)>',
])('markdown makes nothing that runs of %j', (source) => {
  expect(elements(markdown(source)).map((element) => element.tag)).toEqual(['p']);
});

test('of any text markdown makes only harmless elements and addresses, and ends', () => {
  const piece = fc.constantFrom(
    '*',
    '_',
    '`',
    '[',
    ']',
    '(',
    ')',
    '<',
    '>',
    '#',
    '-',
    '|',
    '\n',
    ' ',
    '1.',
    'javascript:',
    'https://a',
    'x',
    '```',
    '&',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      for (const { tag, attributes } of elements(markdown(pieces.join('')))) {
        expect(allowed).toContain(tag);
        expect(attributes['href'] ?? 'https://').toMatch(/^(https?:\/\/|mailto:|#)/i);
      }
    }),
    { numRuns: 2000 },
  );
});

test('colouring SQL keeps every character', () => {
  fc.assert(
    fc.property(
      fc.string({
        maxLength: 80,
        unit: fc.constantFrom('-', "'", '"', '/', '*', '{', '%', '#', '}', 'a', '1', ' ', '\n'),
      }),
      (text) => {
        expect(
          sqlPieces(text)
            .map(([, piece]) => piece)
            .join(''),
        ).toBe(text);
      },
    ),
  );
  expect(sqlPieces("select 'a--b' -- c").filter(([kind]) => kind !== '')).toEqual([
    ['keyword', 'select'],
    ['string', "'a--b'"],
    ['comment', '-- c'],
  ]);
});

test('the layout puts parents left of children, no box over another, and bends long edges', () => {
  const size = { width: 100, columnGap: 50, rowGap: 40 };
  const graph = fc.array(fc.tuple(fc.nat(19), fc.nat(19)), { maxLength: 50 }).map((pairs) => ({
    nodes: Array.from({ length: 20 }, (_, index) => `n${index}`),
    edges: [...new Set(pairs.filter(([a, b]) => a < b).map(([a, b]) => `n${a} n${b}`))].map(
      (text) => text.split(' ') as [string, string],
    ),
  }));
  fc.assert(
    fc.property(graph, ({ nodes, edges }) => {
      const placed = layout(nodes, edges, size);
      for (const { from, to, points } of placed.edges) {
        const gap = placed.nodes.get(to)!.x - placed.nodes.get(from)!.x;
        expect(gap).toBeGreaterThanOrEqual(150);
        expect(points).toHaveLength(gap / 150 + 1);
      }
      for (const [id, at] of placed.nodes) {
        for (const [other, there] of placed.nodes) {
          if (id < other && at.x === there.x)
            expect(Math.abs(at.y - there.y)).toBeGreaterThanOrEqual(40 - 1e-6);
        }
      }
    }),
    { numRuns: 50 },
  );
});
