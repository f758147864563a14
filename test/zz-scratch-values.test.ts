import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'vitest';
import { renderSync } from '/work/main/src/jinja/driver.ts';
import { createEnvironment } from '/work/main/src/jinja/environment.ts';
import { parseTemplate } from '/work/main/src/jinja/template.ts';
import { hostFunction, PySet } from '/work/main/src/jinja/values.ts';
import { iterate } from '/work/main/src/jinja/operations.ts';
const name = process.env.DIFF_FILE;
test('diff', async () => {
  const cases = JSON.parse(readFileSync(name, 'utf8'));
  const names = new Map();
  names.set('set', hostFunction('set', [['items', []]], (v) => new PySet(iterate(v))));
  if (process.env.DIFF_MODULES) {
    const { createModules } = await import('/work/main/src/context/modules/index.ts');
    names.set('modules', createModules({ startedAt: Date.now(), now: () => Date.now() }));
    const { decimal } = await import('/work/main/src/context/decimal.ts');
    names.set('D', hostFunction('D', ['text'], (v) => decimal(String(v))));
  }
  let bad = 0; const report = [];
  for (const [line, expected] of cases) {
    const text = line.includes('{%') || line.includes('{{') ? line : `{{ ${line} }}`;
    let got;
    try { got = ['ok', renderSync(parseTemplate({ path: 'x', text }), createEnvironment({ undefinedPolicy: 'execute', names, inlineMacroPrefix: '' }))]; }
    catch (e) { got = ['error', e.type ?? e.name, e.message, e.cause && !e.cause.type ? e.cause.stack : '']; }
    const same = got[0] === expected[0] && got[1] === expected[1] && (got[0] === 'ok' || got[2] === expected[2] || process.env.LAX);
    if (!same) { bad += 1; report.push(`${line}\n   py ${JSON.stringify(expected)}\n   us ${JSON.stringify(got)}`); }
  }
  report.push(`${bad} of ${cases.length} differ`);
  writeFileSync(name + '.report', report.join('\n') + '\n');
}, 60000);
