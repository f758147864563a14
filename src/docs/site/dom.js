import { markdown } from './markdown.js';
import { sqlPieces } from './sql.js';

const svgNames = new Set([
  'svg',
  'g',
  'path',
  'rect',
  'circle',
  'text',
  'title',
  'use',
  'defs',
  'marker',
  'polyline',
]);

/**
 * Makes an element. Texts become text nodes and attributes are set by name: no text of a project is ever read as
 * HTML. A key `onclick` adds a listener.
 */
export function h(tag, attributes = {}, ...children) {
  const element = svgNames.has(tag)
    ? document.createElementNS('http://www.w3.org/2000/svg', tag)
    : document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : String(value));
  }
  for (const child of children.flat(Number.POSITIVE_INFINITY)) {
    if (child !== null && child !== undefined && child !== false) element.append(child);
  }
  return element;
}

/** A description's Markdown as elements. */
export function prose(source) {
  return h('div', { class: 'prose' }, markdown(source).map(fromTree));
}

function fromTree(node) {
  return typeof node === 'string' ? node : h(node.tag, node.attributes, node.children.map(fromTree));
}

/** SQL in colours. */
export function code(text) {
  const pieces = sqlPieces(text).map(([kind, piece]) =>
    kind === '' ? piece : h('span', { class: `sql-${kind}` }, piece),
  );
  return h('pre', { class: 'code', tabindex: 0 }, h('code', {}, pieces));
}

const statusWords = {
  success: 'good',
  pass: 'good',
  error: 'bad',
  fail: 'bad',
  'runtime error': 'bad',
  'partial success': 'bad',
  warn: 'fair',
  skipped: 'idle',
  'no-op': 'idle',
};

/** `good`, `bad`, `fair`, `idle`, or `none` where nothing ran. */
export const mood = (result) => (result === null ? 'none' : (statusWords[result.status] ?? 'none'));

export const statusBadge = (result) =>
  result === null ? null : h('span', { class: `status ${mood(result)}` }, result.status);

export const typeBadge = (type) => h('span', { class: `type type-${type}` }, type.replaceAll('_', ' '));

export const href = (id) => `#/node/${encodeURIComponent(id)}`;

export const seconds = (value) => (value < 10 ? `${value.toFixed(2)} s` : `${value.toFixed(1)} s`);
