const columns = ['id', 'amount', 'category', 'created_at'];

/** A model that runs: it joins its parents by `id`, and is filled up to its length with computed columns and comments. */
export function modelSql(chance, model) {
  const { refs, sources, style } = model;
  const parents = [
    ...refs.map((ref) => `{{ ref('${ref}'${chance.percent(10) ? ', ' : ''}) }}`),
    ...sources.map((source) => `{{ source('raw', '${source}') }}`),
  ];
  const head = configOf(model);
  const lines = selected(chance, model);
  const from = parents.map((parent, index) =>
    index === 0 ? `from ${parent} as p0` : `left join ${parent} as p${index} on p${index}.id = p0.id`,
  );
  const where = whereOf(chance, model);
  const length = () => head.length + lines.join('\n').length + from.join('\n').length;
  for (let number = 0; length() < model.bytes; number += 1) lines.push(filler(chance, style, number));
  return `${head}select\n${lines.join('\n')}\n${from.join('\n')}\n${where}`;
}

function configOf({ materialized, style }) {
  if (materialized === 'incremental') return "{{ config(materialized='incremental', unique_key='id') }}\n\n";
  if (materialized === 'view' && style === 'plain') return '';
  return `{{ config(materialized='${materialized}') }}\n\n`;
}

function selected(chance, { style, macros }) {
  const amount =
    style === 'plain'
      ? 'p0.amount'
      : `{{ m_${global(chance, macros)}('p0.amount', ${1 + chance.below(9)}) }}`;
  return ['  p0.id', `  , ${amount} as amount`, '  , p0.category', '  , p0.created_at'];
}

/** Three macros that a third of all calls go to, and all the others. */
const global = (chance, macros) => (chance.percent(30) ? chance.below(3) : chance.below(macros));

function filler(chance, style, number) {
  const name = `extra_${number}`;
  const limit = chance.below(1000);
  if (style === 'blocks' && number % 12 === 0) {
    return `  {% for part in ['a', 'b', 'c'] %}\n  , case when p0.category = '{{ part }}' then p0.amount else 0 end as ${name}_{{ part }}\n  {% endfor %}`;
  }
  if (chance.percent(25))
    return `  -- what ${name} stands for was decided in review ${limit}, see the notes of that day`;
  if (chance.percent(30)) return `  , coalesce(p0.${chance.pick(columns)}, null) as ${name}`;
  return `  , case when p0.amount > ${limit} then 'above ${limit}' else 'below' end as ${name}`;
}

function whereOf(chance, { materialized, style }) {
  if (materialized === 'incremental')
    return '{% if is_incremental() %}\nwhere p0.id > (select max(id) from {{ this }})\n{% endif %}\n';
  if (style === 'blocks')
    return `{% set limit = var('cutoff', ${chance.below(100)}) %}\n{% if limit > 5 %}\nwhere p0.id > {{ limit }}\n{% else %}\nwhere p0.id > 0\n{% endif %}\n`;
  return 'where p0.id > 0\n';
}

/** One macro per file; each calls at most one of a lower number, so that calls are one to four deep. */
export function macroFile(chance, index, count) {
  const lower = Math.floor(index / 4);
  const inner =
    index >= 4 && index < count && chance.percent(60)
      ? `{{ m_${lower}(value, by) }}`
      : '({{ value }} * {{ by }})';
  return `{#- Scales a value; number ${index}. -#}\n{% macro m_${index}(value, by=1) -%}\n  ${inner}\n{%- endmacro %}\n`;
}
