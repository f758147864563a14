import { isDeepStrictEqual } from 'node:util';
import { comparesSql, normalise, readManifest } from './summary.mjs';

/** Differences of the compiled SQL of the two manifests, white space aside, a line each. */
export function compareCompiled(theirFolder, ourFolder) {
  const theirs = readManifest(theirFolder).nodes;
  const ours = readManifest(ourFolder).nodes;
  return Object.entries(theirs).flatMap(([id, node]) => {
    const own = ours[id];
    if (own === undefined || !comparesSql(node)) return [];
    const [a, b] = [normalise(node.compiled_code), normalise(own.compiled_code)];
    return a === b ? [] : [`compiled SQL of ${id}:\n      dbt    ${short(a)}\n      sluice ${short(b)}`];
  });
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
