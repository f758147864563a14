// Writes a dbt project of any size whose shape is that of large public ones: layers, a few hubs that everybody refers
// to, SQL of very different lengths, macros that call macros, four tests in ten models. The same options give the same
// files. `truth.json` beside it says what a parser must find.
//
//   node test/bench/project/generate.mjs FOLDER [--models 1000] [--seed 1] [--rows 1000]
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { chanceOf } from './chance.mjs';
import { macroFile, modelSql } from './sql.mjs';
import { propertiesOf, sourcesYaml } from './yaml.mjs';

const depth = 8;
const seedCount = 10;
const perFolder = 25;

/** Writes the project and gives its truth: counts, and the parents of each model. */
export function generateProject(folder, { models: count = 1000, seed = 1, rows = 1000 } = {}) {
  const chance = chanceOf(seed);
  const macros = Math.min(400, Math.max(4, Math.round(count / 10)));
  const sources = Math.max(1, Math.round(count * 0.4));
  const models = planModels(chance, count, sources, macros);
  rmSync(folder, { recursive: true, force: true });
  const write = (path, text) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  write('dbt_project.yml', projectFile);
  write('profiles.yml', profiles);
  for (let index = 0; index < macros; index += 1) {
    write(`macros/m_${index}.sql`, macroFile(chance, index, macros));
  }
  write('models/sources.yml', sourcesYaml(sources, seedCount));
  for (let index = 0; index < seedCount; index += 1) write(`seeds/seed_${index}.csv`, seedText(chance, rows));
  const truth = { models: count, sources, macros, seeds: seedCount, tests: 0, parents: {} };
  for (const model of models) {
    write(`${model.folder}/${model.name}.sql`, modelSql(chance, model));
    truth.parents[model.name] = [...model.refs, ...model.sources.map((source) => `raw.${source}`)].sort();
  }
  const folders = new Map();
  for (const model of models) folders.set(model.folder, [...(folders.get(model.folder) ?? []), model]);
  for (const [path, group] of folders) {
    const { text, tests } = propertiesOf(chance, group);
    write(`${path}/models.yml`, text);
    truth.tests += tests;
  }
  write('truth.json', JSON.stringify(truth));
  return truth;
}

/** Names, layers and parents of all models, in an order in which parents come first. */
function planModels(chance, count, sources, macros) {
  const layers = [
    ['staging', 0.4],
    ['intermediate', 0.35],
    ['marts', 0.25],
  ];
  const models = [];
  /** Those that others may refer to. */
  const parents = [];
  let start = 0;
  for (const [layer, share] of layers) {
    const end = layer === 'marts' ? count : Math.min(count, start + Math.round(count * share));
    for (let index = start; index < end; index += 1) {
      const model = planModel(chance, { layer, index, models, parents, sources, macros });
      models.push(model);
      if (model.level < depth - 1 && layer !== 'marts') parents.push(model);
    }
    start = end;
  }
  return models;
}

function planModel(chance, { layer, index, models, parents, sources, macros }) {
  const name = `${layer.slice(0, 3)}_${index}`;
  const folder = `models/${layer}/f_${Math.floor(index / perFolder)}`;
  const readsSources = layer === 'staging' && (parents.length === 0 || !chance.percent(10));
  const refs = new Set();
  if (!readsSources) {
    const wanted = chance.geometric(1.7, 40) + (chance.percent(4) ? chance.below(9) : 0);
    const near = chance.percent(50) ? parents.slice(-Math.max(10, Math.floor(parents.length / 3))) : parents;
    for (let tries = 0; refs.size < wanted && tries < wanted * 3; tries += 1) {
      refs.add(near[chance.early(near.length)].name);
    }
  }
  const own = new Set();
  if (readsSources)
    for (let left = chance.geometric(1.3, 4); left > 0; left -= 1) own.add(`src_${chance.below(sources)}`);
  const levels = [...refs].map((ref) => models[Number(ref.split('_')[1])].level);
  return {
    name,
    folder,
    layer,
    level: levels.length === 0 ? 0 : Math.max(...levels) + 1,
    refs: [...refs],
    sources: [...own],
    materialized: chance.weighted({ view: 55, table: 30, incremental: 12, ephemeral: 3 }),
    style: chance.weighted({ plain: 45, calls: 35, blocks: 20 }),
    macros,
    bytes: Math.min(80_000, Math.round(chance.lognormal(Math.log(900), 1.25))),
  };
}

const projectFile = `name: generated
version: '1.0'
config-version: 2
profile: generated

models:
  generated:
    staging: {+tags: [staging]}
    marts: {+meta: {owner: analytics}}

vars:
  cutoff: 12
`;

const profiles = `generated:
  target: dev
  outputs:
    dev: {type: duckdb, path: generated.duckdb, threads: 4}
`;

function seedText(chance, rows) {
  const lines = ['id,amount,category,created_at'];
  for (let id = 1; id <= rows; id += 1) {
    const day = String(1 + chance.below(28)).padStart(2, '0');
    lines.push(
      `${id},${chance.below(100_000) / 100},c${chance.below(8)},2024-0${1 + chance.below(9)}-${day}`,
    );
  }
  return `${lines.join('\n')}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      models: { type: 'string', default: '1000' },
      seed: { type: 'string', default: '1' },
      rows: { type: 'string', default: '1000' },
    },
  });
  if (positionals.length !== 1) {
    console.error('usage: node test/bench/project/generate.mjs FOLDER [--models N] [--seed N] [--rows N]');
    process.exit(2);
  }
  const { parents, ...counts } = generateProject(positionals[0], {
    models: Number(values.models),
    seed: Number(values.seed),
    rows: Number(values.rows),
  });
  console.log(JSON.stringify({ ...counts, edges: Object.values(parents).flat().length }));
}
