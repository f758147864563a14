const sweeps = 6;
const mostBends = 6000;

/**
 * Places a graph in layers from left to right: parents left of their children, few crossings, long edges bent around
 * what stands between. `nodes` are ids, `edges` pairs of ids; sizes are in pixels. Cycles cannot occur in a manifest;
 * an edge that would close one is drawn but not ranked by.
 */
export function layout(nodes, edges, size) {
  const ranks = rankAll(nodes, edges);
  const { vertices, links, paths } = withBends(nodes, edges, ranks);
  const layers = orderLayers(vertices, links);
  const y = placeRows(layers, links, size.rowGap);
  const position = (vertex) => ({ x: vertex.rank * (size.width + size.columnGap), y: y.get(vertex.key) });
  return {
    nodes: new Map(nodes.map((id) => [id, position(vertices.get(id))])),
    edges: paths.map(({ from, to, through }) => ({
      from,
      to,
      points: through.map((key) => position(vertices.get(key))),
    })),
  };
}

/** Longest way from a node without parents; nodes that only feed something stand right before it. */
function rankAll(nodes, edges) {
  const parents = adjacency(nodes, edges, 1, 0);
  const children = adjacency(nodes, edges, 0, 1);
  const ranks = new Map();
  const waiting = new Map(nodes.map((id) => [id, parents.get(id).length]));
  let ready = nodes.filter((id) => waiting.get(id) === 0);
  const order = [];
  while (ready.length > 0) {
    const next = [];
    for (const id of ready) {
      order.push(id);
      ranks.set(id, Math.max(0, ...parents.get(id).map((parent) => (ranks.get(parent) ?? -1) + 1)));
      for (const child of children.get(id)) {
        waiting.set(child, waiting.get(child) - 1);
        if (waiting.get(child) === 0) next.push(child);
      }
    }
    ready = next;
  }
  for (const id of nodes) if (!ranks.has(id)) ranks.set(id, 0);
  for (const id of order.reverse()) {
    const next = children.get(id).map((child) => ranks.get(child));
    if (next.length > 0 && parents.get(id).length === 0) ranks.set(id, Math.max(0, Math.min(...next) - 1));
  }
  return ranks;
}

function adjacency(nodes, edges, key, value) {
  const map = new Map(nodes.map((id) => [id, []]));
  for (const edge of edges) map.get(edge[key])?.push(edge[value]);
  return map;
}

/** An edge over several layers gets a bend in each of them, so that it takes a place of its own there. */
function withBends(nodes, edges, ranks) {
  const vertices = new Map(nodes.map((id) => [id, { key: id, rank: ranks.get(id), bend: false }]));
  const spans = edges.reduce((sum, [from, to]) => sum + Math.max(0, ranks.get(to) - ranks.get(from) - 1), 0);
  const links = [];
  const paths = [];
  for (const [from, to] of edges) {
    const through = [from];
    if (spans <= mostBends) {
      for (let rank = ranks.get(from) + 1; rank < ranks.get(to); rank += 1) {
        const key = `${from}\n${to}\n${rank}`;
        vertices.set(key, { key, rank, bend: true });
        through.push(key);
      }
    }
    through.push(to);
    for (let index = 1; index < through.length; index += 1) links.push([through[index - 1], through[index]]);
    paths.push({ from, to, through });
  }
  return { vertices, links, paths };
}

/** Orders each layer by the mean place of the neighbours, to and fro. */
function orderLayers(vertices, links) {
  const layers = [];
  for (const vertex of vertices.values()) {
    layers[vertex.rank] ??= [];
    layers[vertex.rank].push(vertex);
  }
  for (let rank = 0; rank < layers.length; rank += 1) layers[rank] ??= [];
  const keys = [...vertices.keys()];
  const before = adjacency(keys, links, 1, 0);
  const after = adjacency(keys, links, 0, 1);
  const place = new Map();
  const number = (layer) => {
    for (const [index, vertex] of layer.entries()) place.set(vertex.key, index);
  };
  for (const layer of layers) number(layer);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const forth = sweep % 2 === 0;
    for (const layer of forth ? layers : [...layers].reverse()) {
      const neighbours = forth ? before : after;
      const mean = new Map(
        layer.map((vertex) => [vertex, meanOf(neighbours.get(vertex.key), place) ?? place.get(vertex.key)]),
      );
      layer.sort((a, b) => mean.get(a) - mean.get(b));
      number(layer);
    }
  }
  return layers;
}

/** Rows as near to the neighbours' as the order and the gaps allow. */
function placeRows(layers, links, gap) {
  const y = new Map();
  for (const layer of layers)
    for (const [index, vertex] of layer.entries()) y.set(vertex.key, (index - layer.length / 2) * gap);
  const keys = [...y.keys()];
  const before = adjacency(keys, links, 1, 0);
  const after = adjacency(keys, links, 0, 1);
  for (let sweep = 0; sweep < sweeps; sweep += 1) {
    const forth = sweep % 2 === 0;
    for (const layer of forth ? layers : [...layers].reverse()) {
      const neighbours = forth ? before : after;
      spread(layer, (vertex) => meanOf(neighbours.get(vertex.key), y) ?? y.get(vertex.key), y, gap);
    }
  }
  return y;
}

/** Puts a layer's vertices where they want to be, pushing them apart in both directions and taking the middle. */
function spread(layer, wish, y, gap) {
  const wanted = layer.map(wish);
  const room = (index) => (layer[index].bend && layer[index - 1].bend ? gap / 2 : gap);
  const down = [...wanted];
  for (let index = 1; index < down.length; index += 1)
    down[index] = Math.max(down[index], down[index - 1] + room(index));
  const up = [...wanted];
  for (let index = up.length - 2; index >= 0; index -= 1)
    up[index] = Math.min(up[index], up[index + 1] - room(index + 1));
  for (const [index, vertex] of layer.entries()) y.set(vertex.key, (down[index] + up[index]) / 2);
}

function meanOf(keys, values) {
  if (keys.length === 0) return undefined;
  return keys.reduce((sum, key) => sum + values.get(key), 0) / keys.length;
}
