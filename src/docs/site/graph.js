import { h, href, mood } from './dom.js';
import { layout } from './layout.js';

const size = { width: 200, height: 34, columnGap: 70, rowGap: 46 };

/**
 * The graph of `shown` (ids) as SVG, `height` pixels tall (null: as tall as there is room): dragged to move, wheel or buttons to zoom, arrow keys to walk between nodes.
 * `focus` is drawn as the one that the page is about.
 */
export function graphView(site, shown, focus, height) {
  const ids = shown.filter((id) => site.byId.has(id));
  const inside = new Set(ids);
  const edges = ids.flatMap((id) =>
    site.byId
      .get(id)
      .parents.filter((parent) => inside.has(parent))
      .map((parent) => [parent, id]),
  );
  const placed = layout(ids, edges, size);
  const scene = h('g', {});
  const lines = placed.edges.map((edge) => {
    const near = edge.from === focus || edge.to === focus;
    return h('path', {
      class: near ? 'edge near' : 'edge',
      d: curve(edge.points),
      'data-from': edge.from,
      'data-to': edge.to,
    });
  });
  const boxes = ids.map((id) => nodeBox(site.byId.get(id), placed.nodes.get(id), id === focus));
  scene.append(...lines, ...boxes);
  const svg = h('svg', { class: 'graph', role: 'group', 'aria-label': 'Graph of nodes', height }, scene);
  highlightOnHover(svg, lines);
  walkWithArrows(svg, placed.nodes);
  return h('div', { class: 'graph-frame' }, svg, camera(svg, scene, placed, focus));
}

function nodeBox(node, { x, y }, isFocus) {
  const label = node.name.length > 22 ? `${node.name.slice(0, 21)}…` : node.name;
  const swatch = h('rect', { class: `swatch type-${node.type}`, width: 5, height: size.height, rx: 2.5 });
  if (node.color !== null) swatch.style.fill = node.color;
  // An `a` inside SVG is another element than HTML's, so h() cannot make it.
  const link = document.createElementNS('http://www.w3.org/2000/svg', 'a');
  link.setAttribute('class', isFocus ? 'box focus' : 'box');
  link.setAttribute('href', href(node.id));
  link.setAttribute('aria-label', `${node.type} ${node.name}`);
  link.setAttribute('data-id', node.id);
  link.setAttribute('transform', `translate(${x} ${y - size.height / 2})`);
  link.append(
    h('title', {}, `${node.type} ${node.name}`),
    h('rect', { class: 'card', width: size.width, height: size.height, rx: 6 }),
    swatch,
    h('text', { x: 16, y: size.height / 2 }, label),
    h('circle', { class: `dot ${mood(node.result)}`, cx: size.width - 12, cy: size.height / 2, r: 4 }),
  );
  return link;
}

/** A smooth line through the bends, level where it leaves and enters a box. */
function curve(points) {
  const first = points[0];
  let x = first.x + size.width;
  let y = first.y;
  let d = `M ${x} ${y}`;
  points.slice(1).forEach((point, index) => {
    const isLast = index === points.length - 2;
    const half = (point.x - x) / 2;
    d += ` C ${x + half} ${y}, ${point.x - half} ${point.y}, ${point.x} ${point.y}`;
    x = point.x;
    y = point.y;
    if (!isLast) {
      x += size.width;
      d += ` L ${x} ${y}`;
    }
  });
  return d;
}

function highlightOnHover(svg, lines) {
  const show = (event) => {
    const id = event.target.closest?.('.box')?.getAttribute('data-id') ?? null;
    for (const line of lines) {
      line.classList.toggle(
        'hot',
        id !== null && [line.getAttribute('data-from'), line.getAttribute('data-to')].includes(id),
      );
    }
  };
  for (const kind of ['pointerover', 'focusin', 'focusout']) svg.addEventListener(kind, show);
}

/** Arrow keys move the focus to the nearest box in that direction. */
function walkWithArrows(svg, positions) {
  const ways = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  svg.addEventListener('keydown', (event) => {
    const way = ways[event.key];
    const id = event.target.closest?.('.box')?.getAttribute('data-id');
    if (way === undefined || id === undefined) return;
    event.preventDefault();
    const from = positions.get(id);
    let best = null;
    for (const [other, { x, y }] of positions) {
      const along = (x - from.x) * way[0] + (y - from.y) * way[1];
      const aside = Math.abs((x - from.x) * way[1]) + Math.abs((y - from.y) * way[0]);
      const cost = along + aside * 2;
      if (other !== id && along > 0 && (best === null || cost < best.cost)) best = { other, cost };
    }
    if (best !== null) svg.querySelector(`[data-id="${CSS.escape(best.other)}"]`).focus();
  });
}

/** Zoom and move; starts with everything in view, or with the focus where that would be too small to read. */
function camera(svg, scene, placed, focus) {
  const view = { x: 0, y: 0, k: 1 };
  const apply = () => scene.setAttribute('transform', `translate(${view.x} ${view.y}) scale(${view.k})`);
  const fit = () => {
    const { width, height } = svg.getBoundingClientRect();
    const xs = [...placed.nodes.values()].map((at) => at.x);
    const ys = [...placed.nodes.values()].map((at) => at.y);
    const left = Math.min(...xs);
    const top = Math.min(...ys) - size.height / 2;
    const wide = Math.max(...xs) + size.width - left;
    const tall = Math.max(...ys) + size.height / 2 - top;
    view.k = Math.min(1, (width - 32) / wide, (height - 32) / tall);
    const centre = view.k < 0.35 && placed.nodes.has(focus) ? placed.nodes.get(focus) : null;
    if (centre !== null) view.k = 0.6;
    const cx = centre === null ? left + wide / 2 : centre.x + size.width / 2;
    const cy = centre === null ? top + tall / 2 : centre.y;
    view.x = width / 2 - cx * view.k;
    view.y = height / 2 - cy * view.k;
    apply();
  };
  const zoom = (factor, px, py) => {
    const k = Math.min(3, Math.max(0.05, view.k * factor));
    view.x = px - ((px - view.x) * k) / view.k;
    view.y = py - ((py - view.y) * k) / view.k;
    view.k = k;
    apply();
  };
  const zoomMiddle = (factor) => {
    const { width, height } = svg.getBoundingClientRect();
    zoom(factor, width / 2, height / 2);
  };
  svg.addEventListener(
    'wheel',
    (event) => {
      event.preventDefault();
      const box = svg.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - box.left, event.clientY - box.top);
    },
    { passive: false },
  );
  drag(svg, (dx, dy) => {
    view.x += dx;
    view.y += dy;
    apply();
  });
  requestAnimationFrame(fit);
  const button = (text, label, act) =>
    h('button', { type: 'button', 'aria-label': label, title: label, onclick: act }, text);
  return h(
    'div',
    { class: 'camera' },
    button('+', 'Zoom in', () => zoomMiddle(1.3)),
    button('−', 'Zoom out', () => zoomMiddle(1 / 1.3)),
    button('⤢', 'Show all', fit),
  );
}

function drag(svg, move) {
  let last = null;
  let moved = 0;
  svg.addEventListener('pointerdown', (event) => {
    last = [event.clientX, event.clientY];
    moved = 0;
  });
  svg.addEventListener('pointermove', (event) => {
    if (last === null || event.buttons === 0) return;
    const [dx, dy] = [event.clientX - last[0], event.clientY - last[1]];
    moved += Math.abs(dx) + Math.abs(dy);
    last = [event.clientX, event.clientY];
    move(dx, dy);
  });
  svg.addEventListener('pointerup', () => {
    last = null;
  });
  // A drag that ends on a box is no click on it.
  svg.addEventListener('click', (event) => moved > 4 && event.preventDefault(), true);
  svg.addEventListener('dragstart', (event) => event.preventDefault());
}
