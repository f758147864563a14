const kinds = { not_null: 55, unique: 25, accepted_values: 12, relationships: 8 };
/** The column of each kind of test that finds nothing there. */
const tested = { unique: 'id', relationships: 'id', accepted_values: 'category' };
const words =
  'orders of a customer as the shop sees them after returns and refunds were booked in full'.split(' ');

/** The properties of one folder's models: descriptions, columns and tests, and how many tests those are. */
export function propertiesOf(chance, models) {
  const lines = ['version: 2', '', 'models:'];
  let tests = 0;
  for (const model of models) {
    lines.push(`  - name: ${model.name}`, `    description: ${sentence(chance, 14)}`, '    columns:');
    const wanted = testsOf(chance, model);
    for (const column of ['id', 'amount', 'category', 'created_at']) {
      const own = wanted.filter((test) => test.column === column);
      lines.push(`      - name: ${column}`, `        description: ${sentence(chance, 9)}`);
      if (own.length > 0) lines.push('        data_tests:', ...own.flatMap((test) => test.lines));
      tests += own.length;
    }
    for (let number = 0; number < 4; number += 1) {
      lines.push(`      - name: extra_${number}`, `        description: ${sentence(chance, 8)}`);
    }
  }
  return { text: `${lines.join('\n')}\n`, tests };
}

/** Two or three tests a model, none twice on a column. */
function testsOf(chance, model) {
  const out = new Map();
  for (let left = chance.geometric(3.9, 15); left > 0; left -= 1) {
    const kind = chance.weighted(kinds);
    const column = kind === 'not_null' ? chance.pick(['id', 'category']) : tested[kind];
    const lines = testLines(chance, kind, model);
    if (lines !== null) out.set(`${kind} ${column}`, { column, lines });
  }
  return [...out.values()];
}

function testLines(chance, kind, model) {
  const indent = '          ';
  if (kind === 'accepted_values') {
    return [
      `${indent}- accepted_values:`,
      `${indent}    arguments: {values: [c0, c1, c2, c3, c4, c5, c6, c7]}`,
      ...(chance.percent(30) ? [`${indent}    config: {severity: warn}`] : []),
    ];
  }
  if (kind === 'relationships') {
    if (model.refs.length === 0) return null;
    return [`${indent}- relationships:`, `${indent}    arguments: {to: ref('${model.refs[0]}'), field: id}`];
  }
  return [`${indent}- ${kind}`];
}

const sentence = (chance, length) => Array.from({ length }, () => chance.pick(words)).join(' ');

/** All sources, over the tables that the seeds make. */
export function sourcesYaml(count, seeds) {
  const lines = [
    'version: 2',
    '',
    'sources:',
    '  - name: raw',
    '    schema: "{{ target.schema }}"',
    '    tables:',
  ];
  for (let index = 0; index < count; index += 1) {
    lines.push(`      - name: src_${index}`, `        identifier: seed_${index % seeds}`);
  }
  return `${lines.join('\n')}\n`;
}
