import { h, href, mood, typeBadge } from './dom.js';
import { graphPage, missingPage, nodePage, overviewPage, resultsPage } from './pages.js';

const typeTitles = {
  source: 'Sources',
  seed: 'Seeds',
  model: 'Models',
  snapshot: 'Snapshots',
  exposure: 'Exposures',
  metric: 'Metrics',
  semantic_model: 'Semantic models',
  saved_query: 'Saved queries',
  function: 'Functions',
  analysis: 'Analyses',
  unit_test: 'Unit tests',
};
const mostFound = 30;

function start() {
  const site = readSite();
  const main = h('main', { id: 'main', tabindex: -1 });
  const side = sidebar(site);
  document.getElementById('app').append(topBar(site, side), side, main);
  let withTests = false;
  const show = () => {
    const page = pageAt(site, location.hash, withTests, (value) => {
      withTests = value;
      show();
    });
    main.replaceChildren(page);
    markCurrent(side);
    side.classList.remove('open');
    document.title = [page.querySelector('h1')?.textContent, site.project].filter((text) => text).join(' · ');
    main.scrollTop = 0;
  };
  addEventListener('hashchange', () => {
    show();
    main.focus({ preventScroll: true });
  });
  show();
}

/** The data of the page, with the ways from a node to those made from it. */
function readSite() {
  const data = JSON.parse(document.getElementById('data').textContent);
  const byId = new Map(data.nodes.map((node) => [node.id, node]));
  const children = new Map();
  for (const node of data.nodes) {
    for (const parent of node.parents) {
      if (!children.has(parent)) children.set(parent, []);
      children.get(parent).push(node);
    }
  }
  return { ...data, byId, children };
}

function pageAt(site, hash, withTests, redraw) {
  if (hash.startsWith('#/node/')) {
    const id = decoded(hash.slice(7));
    const node = site.byId.get(id);
    return node === undefined ? missingPage(id) : nodePage(site, node);
  }
  if (hash === '#/graph') return graphPage(site, withTests, redraw);
  if (hash === '#/results') return resultsPage(site);
  return overviewPage(site);
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function topBar(site, side) {
  const menu = h(
    'button',
    { type: 'button', class: 'menu', 'aria-label': 'Nodes', onclick: () => side.classList.toggle('open') },
    '☰',
  );
  const theme = h(
    'button',
    {
      type: 'button',
      class: 'theme',
      'aria-label': 'Light or dark',
      title: 'Light or dark',
      onclick: switchTheme,
    },
    '◐',
  );
  restoreTheme();
  return h(
    'header',
    { class: 'top' },
    menu,
    h('a', { class: 'home', href: '#/' }, site.project),
    h(
      'nav',
      { 'aria-label': 'Pages' },
      h('a', { href: '#/graph' }, 'Graph'),
      h('a', { href: '#/results' }, 'Latest run'),
    ),
    searchBox(site),
    theme,
  );
}

function searchBox(site) {
  const list = h('ul', { class: 'found', role: 'listbox', id: 'found', hidden: true });
  const input = h('input', {
    type: 'search',
    placeholder: 'Search nodes, columns, descriptions  ( / )',
    'aria-label': 'Search',
    role: 'combobox',
    'aria-controls': 'found',
    'aria-expanded': 'false',
    autocomplete: 'off',
    spellcheck: 'false',
  });
  let hits = [];
  let at = 0;
  const draw = () => {
    list.replaceChildren(
      ...hits.map(({ node, why }, index) =>
        h(
          'li',
          {
            role: 'option',
            id: `hit-${index}`,
            'aria-selected': String(index === at),
            onmousedown: () => go(node),
          },
          typeBadge(node.type),
          ' ',
          node.name,
          why === '' ? null : h('span', { class: 'faint' }, ` ${why}`),
        ),
      ),
    );
    list.hidden = hits.length === 0;
    input.setAttribute('aria-expanded', String(hits.length > 0));
    input.setAttribute('aria-activedescendant', hits.length > 0 ? `hit-${at}` : '');
    list.children[at]?.scrollIntoView({ block: 'nearest' });
  };
  const close = () => {
    hits = [];
    draw();
  };
  const go = (node) => {
    location.hash = href(node.id);
    input.value = '';
    close();
    input.blur();
  };
  input.addEventListener('input', () => {
    hits = find(site, input.value);
    at = 0;
    draw();
  });
  input.addEventListener('blur', close);
  input.addEventListener('keydown', (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === 'Escape') return close();
    if (event.key === 'Enter' && hits.length > 0) return go(hits[at].node);
    if (step === undefined || hits.length === 0) return;
    event.preventDefault();
    at = (at + step + hits.length) % hits.length;
    draw();
  });
  addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || document.activeElement === input) return;
    event.preventDefault();
    input.focus();
  });
  return h('div', { class: 'search', role: 'search' }, input, list);
}

/** Nodes with every word of the query, names before columns before descriptions. */
function find(site, query) {
  const words = query
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== '');
  if (words.length === 0) return [];
  const hits = [];
  for (const node of site.nodes) {
    const name = node.name.toLowerCase();
    const column = node.columns.find((each) => words.every((word) => each.name.toLowerCase().includes(word)));
    if (words.every((word) => name.includes(word))) {
      hits.push({
        node,
        why: '',
        rank: (name === words[0] ? 0 : name.startsWith(words[0]) ? 1 : 2) + (node.type === 'test' ? 2 : 0),
      });
    } else if (column !== undefined) hits.push({ node, why: `column ${column.name}`, rank: 5 });
    else if (
      words.every((word) => `${name} ${node.description} ${node.tags.join(' ')}`.toLowerCase().includes(word))
    ) {
      hits.push({ node, why: 'description', rank: 6 });
    }
  }
  return hits.sort((a, b) => a.rank - b.rank || a.node.name.localeCompare(b.node.name)).slice(0, mostFound);
}

function sidebar(site) {
  const groups = Object.entries(typeTitles).map(([type, title]) => {
    const nodes = site.nodes.filter((node) => node.type === type && node.listed);
    if (nodes.length === 0) return null;
    return h(
      'details',
      { open: nodes.length <= 60 || type === 'model' },
      h('summary', {}, title, h('span', { class: 'faint' }, ` ${nodes.length}`)),
      folders(nodes),
    );
  });
  return h('nav', { class: 'side', 'aria-label': 'Nodes' }, groups);
}

/** Nodes below the folders that they lie in. */
function folders(nodes) {
  const byFolder = new Map();
  for (const node of nodes) {
    const parts = node.path.split('/').slice(1, -1);
    const name = node.type === 'source' ? node.name.split('.')[0] : parts.join(' / ');
    if (!byFolder.has(name)) byFolder.set(name, []);
    byFolder.get(name).push(node);
  }
  return [...byFolder]
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([name, members]) => [
      name === '' ? null : h('p', { class: 'folder' }, name),
      h('ul', {}, members.sort((a, b) => a.name.localeCompare(b.name)).map(sideLink)),
    ]);
}

function sideLink(node) {
  const name = node.type === 'source' ? node.name.split('.').slice(1).join('.') : node.name;
  return h(
    'li',
    {},
    h('a', { href: href(node.id), title: node.name }, h('span', { class: `dot ${mood(node.result)}` }), name),
  );
}

function markCurrent(side) {
  for (const link of side.querySelectorAll('a')) {
    const isCurrent = link.getAttribute('href') === location.hash;
    if (isCurrent) {
      link.setAttribute('aria-current', 'page');
      link.scrollIntoView({ block: 'nearest' });
    } else link.removeAttribute('aria-current');
  }
}

function switchTheme() {
  const root = document.documentElement;
  const isDark = root.dataset.theme
    ? root.dataset.theme === 'dark'
    : matchMedia('(prefers-color-scheme: dark)').matches;
  root.dataset.theme = isDark ? 'light' : 'dark';
  try {
    localStorage.setItem('theme', root.dataset.theme);
  } catch {
    // A page opened from a file may have no storage; the choice then lasts as long as the page.
  }
}

function restoreTheme() {
  try {
    const theme = localStorage.getItem('theme');
    if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  } catch {
    // As above.
  }
}

start();
