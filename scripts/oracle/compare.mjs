import { isDeepStrictEqual } from 'node:util';
import { comparesSql, normalise, pick, readManifest } from './summary.mjs';

/** Differences of the two manifests, a line each: nodes, their fields, dependencies, compiled SQL. */
export function compareGraphs(theirFolder, ourFolder) {
  const theirs = nodesOf(readManifest(theirFolder));
  const ours = nodesOf(readManifest(ourFolder));
  const out = [];
  for (const id of theirs.keys()) if (!ours.has(id)) out.push(`graph: ${id} is in dbt's only`);
  for (const id of ours.keys()) if (!theirs.has(id)) out.push(`graph: ${id} is in ours only`);
  for (const [id, node] of theirs) {
    const own = ours.get(id);
    if (own === undefined) continue;
    const fields = [pick(node), pick(own)];
    for (const field of Object.keys(fields[0])) {
      if (!isDeepStrictEqual(fields[0][field], fields[1][field])) {
        out.push(
          `${field} of ${id}:\n      dbt    ${short(fields[0][field])}\n      sluice ${short(fields[1][field])}`,
        );
      }
    }
    const parents = [node, own].map((one) => [...(one.depends_on?.nodes ?? [])].sort());
    if (!isDeepStrictEqual(parents[0], parents[1]))
      out.push(`depends_on of ${id}: ${short(parents[0])} / ${short(parents[1])}`);
    if (comparesSql(node) && normalise(node.compiled_code) !== normalise(own.compiled_code)) {
      out.push(
        `compiled SQL of ${id}:\n      dbt    ${short(normalise(node.compiled_code))}\n      sluice ${short(normalise(own.compiled_code))}`,
      );
    }
  }
  return out;
}

function nodesOf(manifest) {
  return new Map(Object.entries({ ...manifest.nodes, ...manifest.sources, ...manifest.exposures }));
}

const short = (value) => {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};

/** Differences of the tables that the two runs left, as `tablesOf` and `serverTables` give them. */
export function compareTables(theirs, ours) {
  const out = [];
  for (const name of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    const [a, b] = [theirs[name], ours[name]];
    if (a === undefined || b === undefined)
      out.push(`table ${name} is in ${a === undefined ? 'ours' : "dbt's"} only`);
    else if (!isDeepStrictEqual(a.columns, b.columns))
      out.push(`columns of ${name}: ${a.columns} / ${b.columns}`);
    else if (a.rows !== b.rows) out.push(`rows of ${name}: ${a.rows} / ${b.rows}`);
    else if (a.hash !== b.hash) out.push(`content of ${name} differs`);
  }
  return out;
}
