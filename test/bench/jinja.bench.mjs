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
    left join payments on payments.order_id = orders.order_id
    group by 1, 2, orders.status
)

select * from final
`;

const rounds = 4000;
const batch = 10;

/** Median, in microseconds, of many small batches; the first half of the rounds only warms up. */
function median(work) {
  const times = [];
  for (let round = 0; round < rounds; round += 1) {
    const started = process.hrtime.bigint();
    for (let index = 0; index < batch; index += 1) work();
    if (round >= rounds / 2) times.push(Number(process.hrtime.bigint() - started) / 1000 / batch);
  }
  return times.sort((a, b) => a - b)[times.length >> 1];
}

const engine = await loadSource(fileURLToPath(new URL('jinja-engine.ts', import.meta.url)));
const ours = engine.contextOf(model);
const theirs = nunjucksContext();
const environment = new nunjucks.Environment(null, { autoescape: false });
const nunjucksText = model.replaceAll('config(\n', 'config(\n');

const expected = engine.parseAndRender(model, ours);
const actual = new nunjucks.Template(nunjucksText, environment, 'model', true).render(theirs);
if (expected !== actual.trimEnd()) throw new Error('the two engines do not render the same text');

const parse = median(() => engine.parse(model));
const both = median(() => engine.parseAndRender(model, ours));
const other = median(() => new nunjucks.Template(nunjucksText, environment, 'model', true).render(theirs));
const parsed = engine.parse(model);
const rendering = median(() => engine.renderOnly(parsed, ours));

console.log(`model                    ${Buffer.byteLength(model)} bytes`);
console.log(`parse                    ${parse.toFixed(1)} us median`);
console.log(`render, parsed before    ${rendering.toFixed(1)} us median`);
console.log(`parse + render           ${both.toFixed(1)} us median`);
console.log(`nunjucks parse + render  ${other.toFixed(1)} us median`);
console.log(`ratio                    ${(other / both).toFixed(1)} times faster than nunjucks`);

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
