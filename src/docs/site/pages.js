import { code, h, href, mood, prose, seconds, statusBadge, typeBadge } from './dom.js';
import { graphView } from './graph.js';

const statusOrder = ['bad', 'fair', 'idle', 'good', 'none'];
const isTest = (node) => node.type === 'test' || node.type === 'unit_test';

/** The first page: what the project says of itself, how much there is, and how the latest run went. */
export function overviewPage(site) {
  const counts = Object.entries(countBy(site.nodes, (node) => node.type));
  return h(
    'article',
    {},
    h('h1', {}, site.project),
    h(
      'div',
      { class: 'tiles' },
      counts.map(([type, count]) =>
        h('div', { class: 'tile' }, h('strong', {}, count), h('span', {}, plural(type, count))),
      ),
    ),
    site.overview === null ? null : prose(site.overview),
    runSummary(site),
    h('h2', {}, 'Graph'),
    graphView(site, graphIds(site, false), null, 420),
    h('p', { class: 'faint' }, `Written ${when(site.generatedAt)} for ${site.adapter}.`),
  );
}

export function graphPage(site, withTests, redraw) {
  const toggle = h('input', { type: 'checkbox', checked: withTests, onchange: () => redraw(toggle.checked) });
  return h(
    'article',
    { class: 'wide' },
    h('header', { class: 'bar' }, h('h1', {}, 'Graph'), h('label', {}, toggle, ' with tests')),
    graphView(site, graphIds(site, withTests), null, null),
  );
}

export function resultsPage(site) {
  const ran = site.nodes.filter((node) => node.result !== null);
  const rank = (node) => statusOrder.indexOf(mood(node.result));
  ran.sort((a, b) => rank(a) - rank(b) || b.result.seconds - a.result.seconds);
  const slowest = Math.max(0.001, ...ran.map((node) => node.result.seconds));
  return h(
    'article',
    {},
    h('h1', {}, 'Latest run'),
    runSummary(site),
    ran.length === 0
      ? null
      : dataTable(
          ['Status', 'Node', 'Message', 'Time'],
          ran.map((node) => [
            statusBadge(node.result),
            [typeBadge(node.type), ' ', nodeLink(node)],
            h('span', { class: 'message' }, node.result.message ?? ''),
            timeBar(node.result.seconds, slowest),
          ]),
        ),
  );
}

export function nodePage(site, node) {
  const tests = (site.children.get(node.id) ?? []).filter(isTest);
  const used = (site.children.get(node.id) ?? []).filter((child) => !isTest(child));
  const parents = node.parents.map((id) => site.byId.get(id)).filter((parent) => parent !== undefined);
  const around = neighbourhood(site, node);
  return h(
    'article',
    {},
    h('p', { class: 'faint path' }, node.path),
    h('header', { class: 'bar' }, h('h1', {}, node.name), typeBadge(node.type), statusBadge(node.result)),
    node.relation === null ? null : h('p', {}, h('code', { class: 'relation' }, node.relation)),
    node.description.trim() === '' ? h('p', { class: 'faint' }, 'No description.') : prose(node.description),
    node.result?.message && mood(node.result) !== 'good'
      ? h('pre', { class: `note ${mood(node.result)}` }, node.result.message)
      : null,
    factList(node),
    around.length < 2 ? null : [h('h2', {}, 'Graph'), graphView(site, around, node.id, 260)],
    node.columns.length === 0 ? null : [h('h2', {}, 'Columns'), columnTable(node, tests)],
    tests.length === 0 ? null : [h('h2', {}, 'Tests'), testTable(tests)],
    codeTabs(node),
    linkList('Made from', parents),
    linkList('Used by', used),
  );
}

export function missingPage(id) {
  return h(
    'article',
    {},
    h('h1', {}, 'Not here'),
    h('p', {}, 'There is no node ', h('code', {}, id), ' in this project.'),
  );
}

function runSummary(site) {
  const ran = site.nodes.filter((node) => node.result !== null);
  if (site.run === null || ran.length === 0) return h('p', { class: 'faint' }, 'No run is known.');
  const moods = countBy(ran, (node) => mood(node.result));
  const words = { bad: 'failed', fair: 'warned', idle: 'not run', good: 'well' };
  const parts = statusOrder.filter((kind) => moods[kind]);
  const bar = parts.map((kind) => {
    const part = h('span', { class: kind });
    part.style.flexGrow = String(moods[kind]);
    return part;
  });
  const text = parts.map((kind) => `${moods[kind]} ${words[kind]}`).join(', ');
  const at = site.run.at === null ? '' : ` on ${when(site.run.at)}`;
  return h(
    'section',
    { class: 'run' },
    h('div', { class: 'run-bar', 'aria-hidden': 'true' }, bar),
    h(
      'p',
      {},
      h('a', { href: '#/results' }, `Latest run${at}`),
      `: ${text}${site.run.seconds === null ? '' : `, in ${seconds(site.run.seconds)}`}.`,
    ),
  );
}

function factList(node) {
  const facts = [
    ['materialized', node.materialized],
    ['package', node.package],
    ['group', node.group],
    ...node.facts,
    ['tags', node.tags.length === 0 ? null : node.tags.map((tag) => h('span', { class: 'tag' }, tag))],
    ['last run', node.result === null ? null : resultText(node.result)],
  ].filter(([, value]) => value !== null && value !== undefined && value !== '');
  return h(
    'dl',
    { class: 'facts' },
    facts.map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, value))),
  );
}

function resultText(result) {
  const rows = result.rows === null ? '' : `, ${result.rows.toLocaleString('en')} rows`;
  const failures = result.failures ? `, ${result.failures} failing rows` : '';
  return `${result.status} in ${seconds(result.seconds)}${rows}${failures}`;
}

function columnTable(node, tests) {
  const ofColumn = (name) =>
    tests.filter((test) => test.on === node.id && test.column?.toLowerCase() === name.toLowerCase());
  return dataTable(
    ['Name', 'Type', 'Description', 'Tests'],
    node.columns.map((column) => [
      h('code', {}, column.name),
      h('span', { class: 'faint' }, column.type ?? ''),
      [prose(column.description), column.tags.map((tag) => h('span', { class: 'tag' }, tag))],
      ofColumn(column.name).map((test) =>
        h(
          'a',
          { class: `test ${mood(test.result)}`, href: href(test.id), title: test.name },
          shortTest(test, node, column),
        ),
      ),
    ]),
  );
}

/** `unique_orders_order_id` of orders.order_id is `unique`. */
function shortTest(test, node, column) {
  const at = test.name.indexOf(`_${node.name.split('.').pop()}_${column.name}`);
  return at > 0 ? test.name.slice(0, at) : test.name;
}

function testTable(tests) {
  return dataTable(
    ['Status', 'Test', 'Column', 'Time'],
    tests.map((test) => [
      statusBadge(test.result) ?? '',
      nodeLink(test),
      h('code', {}, test.column ?? ''),
      test.result === null ? '' : seconds(test.result.seconds),
    ]),
  );
}

function codeTabs(node) {
  const tabs = [
    ['Compiled', node.compiled],
    ['Source', node.raw],
  ].filter(([, text]) => text !== null);
  if (tabs.length === 0) return null;
  const body = h('div', {});
  const buttons = tabs.map(([title, text], index) =>
    h('button', { type: 'button', role: 'tab', onclick: () => choose(index, text) }, title),
  );
  const choose = (chosen, text) => {
    for (const [index, button] of buttons.entries())
      button.setAttribute('aria-selected', String(index === chosen));
    const copy = h('button', { type: 'button', class: 'copy', onclick: () => copyText(text, copy) }, 'Copy');
    body.replaceChildren(copy, code(text));
  };
  choose(0, tabs[0][1]);
  return h(
    'section',
    {},
    h('div', { class: 'tabs', role: 'tablist', 'aria-label': 'SQL' }, h('h2', {}, 'SQL'), buttons),
    body,
  );
}

async function copyText(text, button) {
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  } catch {
    button.textContent = 'Not allowed here';
  }
}

function linkList(title, nodes) {
  if (nodes.length === 0) return null;
  const items = nodes.map((node) => h('li', {}, typeBadge(node.type), ' ', nodeLink(node)));
  return [h('h2', {}, title), h('ul', { class: 'links' }, items)];
}

const nodeLink = (node) => h('a', { href: href(node.id) }, node.name);

function dataTable(titles, rows) {
  return h(
    'div',
    { class: 'table-frame' },
    h(
      'table',
      {},
      h(
        'thead',
        {},
        h(
          'tr',
          {},
          titles.map((title) => h('th', { scope: 'col' }, title)),
        ),
      ),
      h(
        'tbody',
        {},
        rows.map((cells) =>
          h(
            'tr',
            {},
            cells.map((cell) => h('td', {}, cell)),
          ),
        ),
      ),
    ),
  );
}

function timeBar(value, most) {
  const bar = h('span', { class: 'time-bar' });
  bar.style.width = `${Math.max(2, (value / most) * 100)}%`;
  return h('div', { class: 'time' }, h('span', { class: 'time-track' }, bar), h('span', {}, seconds(value)));
}

function graphIds(site, withTests) {
  return site.nodes.filter((node) => node.listed && (withTests || !isTest(node))).map((node) => node.id);
}

/** The node, its parents and theirs, its children and theirs; tests only where the page is of one. */
function neighbourhood(site, node) {
  const ids = new Set([node.id]);
  const walk = (from, next, depth) => {
    if (depth === 0) return;
    for (const id of next(from)) {
      const there = site.byId.get(id);
      if (there === undefined || isTest(there)) continue;
      ids.add(id);
      walk(id, next, depth - 1);
    }
  };
  walk(node.id, (id) => site.byId.get(id).parents, 2);
  walk(node.id, (id) => (site.children.get(id) ?? []).map((child) => child.id), 2);
  return [...ids];
}

function countBy(items, key) {
  const counts = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

function plural(type, count) {
  const word = type.replaceAll('_', ' ');
  if (count === 1) return word;
  if (word.endsWith('analysis')) return 'analyses';
  return word.endsWith('y') ? `${word.slice(0, -1)}ies` : `${word}s`;
}

const when = (text) => `${text.slice(0, 10)} ${text.slice(11, 16)} UTC`;
