import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';

/**
 * Differences of what the two tools wrote about one project, field by field, a line each: every section of
 * `manifest.json`, `semantic_manifest.json` and `graph_summary.json`.
 */
export function compareArtifacts(theirFolder, ourFolder) {
  const [theirs, ours] = [theirFolder, ourFolder].map((folder) => readJson(folder, 'manifest.json'));
  return [
    ...sections.flatMap((name) => compareSection(name, theirs[name] ?? {}, ours[name] ?? {})),
    ...compareValues('metadata.quoting', theirs.metadata.quoting, ours.metadata.quoting),
    ...compareFile('semantic_manifest.json', theirFolder, ourFolder, namedMembers),
    ...compareFile('graph_summary.json', theirFolder, ourFolder, namedSummary),
  ];
}

/** Sections of the manifest that hold resources by their ids. */
export const resourceSections = [
  'nodes',
  'sources',
  'exposures',
  'metrics',
  'semantic_models',
  'saved_queries',
  'unit_tests',
  'functions',
  'groups',
  'docs',
  'macros',
  'disabled',
];

const sections = [...resourceSections, 'selectors', 'parent_map', 'child_map', 'group_map'];

/** Fields that differ by nature: when, where and how something was run (a hook's `index` is its number in that run). */
const ofTheRun = new Set([
  'index',
  'created_at',
  'root_path',
  'build_path',
  'compiled_path',
  'compiled_code',
  'compiled',
]);
const oursAlone = new Set(['extra_ctes', 'extra_ctes_injected']);

/** Built-in packages hold texts of ours under dbt's names: only what a project can see of a macro is compared. */
const isBuiltIn = (id) => /^(macro|doc)\.dbt(_duckdb|_postgres)?\./.test(id);

function compareSection(section, theirs, ours) {
  const out = [];
  for (const id of new Set([...Object.keys(theirs), ...Object.keys(ours)])) {
    if (isBuiltIn(id) && (section === 'docs' || theirs[id] === undefined || ours[id] === undefined)) continue;
    if (theirs[id] === undefined) out.push(`${section}: ${id} is in ours only`);
    else if (ours[id] === undefined) out.push(`${section}: ${id} is in dbt's only`);
    else if (isBuiltIn(id))
      out.push(...compareValues(`arguments of ${id}`, theirs[id].arguments, ours[id].arguments));
    else if (Array.isArray(theirs[id])) out.push(...compareLists(`${section}: ${id}`, theirs[id], ours[id]));
    else out.push(...compareFields(id, theirs[id], ours[id]));
  }
  return out;
}

/** Disabled nodes of one id, the ends of edges, or a group's members, which dbt has in the order of files in a folder. */
function compareLists(what, theirs, ours) {
  if (typeof theirs[0] !== 'object') return compareValues(what, [...theirs].sort(), [...ours].sort());
  if (theirs.length !== ours.length) return compareValues(what, theirs, ours);
  return theirs.flatMap((one, index) => compareFields(what, one, ours[index]));
}

function compareFields(what, theirs, ours) {
  return [...new Set([...Object.keys(theirs), ...Object.keys(ours)])]
    .filter((field) => !ofTheRun.has(field) && !oursAlone.has(field))
    .flatMap((field) => compareValues(`${field} of ${what}`, settled(field, theirs), settled(field, ours)));
}

/** dbt's static reader names sources, and columns their tags, in an order of chance; ours has fewer macros to depend on. */
function settled(field, resource) {
  const value = resource[field];
  if (field === 'sources') return value && [...value].sort();
  if (field === 'columns') return value && withSortedTags(value);
  if (field !== 'depends_on') return value;
  const macros = value.macros?.filter((id) => !isBuiltIn(id));
  return { nodes: value.nodes && [...value.nodes].sort(), macros: macros && [...macros].sort() };
}

function withSortedTags(columns) {
  const sorted = (column) => ({
    ...column,
    tags: [...column.tags].sort(),
    config: { ...column.config, tags: [...column.config.tags].sort() },
  });
  return Object.fromEntries(Object.entries(columns).map(([name, column]) => [name, sorted(column)]));
}

function compareFile(name, theirFolder, ourFolder, prepare) {
  const [theirs, ours] = [theirFolder, ourFolder].map((folder) => readJson(folder, name));
  if (theirs === null && ours === null) return [];
  if (theirs === null || ours === null)
    return [`${name} was written by ${theirs === null ? 'us' : 'dbt'} only`];
  return compareValues(name, prepare(theirs), prepare(ours));
}

/** A semantic manifest with its members by name: their order follows that of files in a folder. */
function namedMembers({ project_configuration: { time_spines, ...configuration }, ...lists }) {
  const byName = (members, nameOf) => Object.fromEntries(members.map((member) => [nameOf(member), member]));
  const named = Object.entries(lists).map(([key, members]) => [key, byName(members, ({ name }) => name)]);
  const spines = byName(time_spines, ({ node_relation }) => node_relation.relation_name);
  return { ...Object.fromEntries(named), project_configuration: { ...configuration, time_spines: spines } };
}

/** A graph summary by names instead of numbers, which follow the order of files in a folder. */
function namedSummary(summary) {
  return Object.fromEntries(
    Object.entries(summary)
      .filter(([key]) => key !== '_invocation_id')
      .map(([key, nodes]) => [
        key,
        Object.fromEntries(
          Object.values(nodes).map(({ name, type, succ = [] }) => [
            name,
            { type, succ: succ.map((index) => nodes[index].name).sort() },
          ]),
        ),
      ]),
  );
}

/** The deepest places where two values differ. */
function compareValues(what, theirs, ours) {
  if (isDeepStrictEqual(theirs, ours)) return [];
  const both = [theirs, ours];
  if (both.every((one) => typeof one === 'object' && one !== null)) {
    const [a, b] = both.map((one) => Object.keys(one));
    const sameKind =
      Array.isArray(theirs) === Array.isArray(ours) && (!Array.isArray(theirs) || a.length === b.length);
    if (sameKind) {
      return [...new Set([...a, ...b])].flatMap((key) =>
        compareValues(`${what} → ${key}`, theirs[key], ours[key]),
      );
    }
  }
  return [`${what}:\n      dbt    ${short(theirs)}\n      sluice ${short(ours)}`];
}

function readJson(folder, name) {
  const path = join(folder, 'target', name);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

const short = (value) => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};
