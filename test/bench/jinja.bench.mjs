// Parse and render of one typical model, against nunjucks on the same text: node test/bench/jinja.bench.mjs
import { fileURLToPath } from 'node:url';
import nunjucks from 'nunjucks';
import { loadSource } from '../../scripts/load-source.mjs';

const model = `{{
  config(
    materialized='incremental',
    unique_key='order_id',
    tags=['finance', 'daily']
  )
}}

{% set payment_methods = ['credit_card', 'coupon', 'bank_transfer', 'gift_card'] %}

with orders as (
    select * from {{ ref('stg_orders') }}
    {% if is_incremental() %}
    where updated_at > (select max(updated_at) from {{ this }})
    {% endif %}
),

payments as (
    select * from {{ source('stripe', 'payments') }}
    where status = '{{ var("payment_status", "success") }}'
),

final as (
    select
        orders.order_id,
        orders.customer_id,
        {% for method in payment_methods -%}
        sum(case when payments.method = '{{ method }}' then amount end) as {{ method }}_amount
        {%- if not loop.last %},{% endif %}
        {% endfor %}
    from orders
    left join payments on payments.order_id = orders.order_id -- each
    group by 1, 2, orders.status
)

select * from final
`;

const rounds = 3000;
const batch = 10;

const engine = await loadSource(fileURLToPath(new URL('jinja-engine.ts', import.meta.url)));
const ours = engine.contextOf();
const theirs = nunjucksContext();
const environment = new nunjucks.Environment(null, { autoescape: false });
const parsed = engine.parse(model);

const work = {
  parse: () => engine.parse(model),
  render: () => engine.renderOnly(parsed, ours),
  both: () => engine.parseAndRender(model, ours),
  nunjucks: () => new nunjucks.Template(model, environment, 'model', true).render(theirs),
};

if (work.both() !== work.nunjucks().trimEnd()) throw new Error('the two engines do not render the same text');

const medians = measure();
const line = (what, name) => console.log(`${what.padEnd(24)} ${medians[name].toFixed(1)} us median`);
console.log(`${'model'.padEnd(24)} ${Buffer.byteLength(model)} bytes`);
line('parse', 'parse');
line('render, parsed before', 'render');
line('parse + render', 'both');
line('nunjucks parse + render', 'nunjucks');
console.log(
  `${'ratio'.padEnd(24)} ${(medians.nunjucks / medians.both).toFixed(1)} times faster than nunjucks`,
);

/** Medians in microseconds. Rounds of all kinds take turns, so that other load meets them alike. */
function measure() {
  const times = Object.fromEntries(Object.keys(work).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, run] of Object.entries(work)) {
      const started = process.hrtime.bigint();
      for (let index = 0; index < batch; index += 1) run();
      const elapsed = Number(process.hrtime.bigint() - started) / 1000 / batch;
      if (round >= rounds / 3) times[name].push(elapsed);
    }
  }
  const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, median(list)]));
}

function nunjucksContext() {
  return {
    config: () => '',
    ref: (name) => `"db"."main"."${name}"`,
    source: (name, table) => `"db"."${name}"."${table}"`,
    var: (_name, fallback) => fallback,
    is_incremental: () => true,
    this: '"db"."main"."orders"',
  };
}
