// Runs template cases: node scripts/cases-jinja.mjs FILE... (the form of test/jinja/cases.json).
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { loadSource } from './load-source.mjs';

const files = process.argv.slice(2);
if (files.length === 0) files.push(fileURLToPath(new URL('../test/jinja/cases.json', import.meta.url)));

const { differenceOf, readCases } = await loadSource(
  fileURLToPath(new URL('../test/jinja/run-case.ts', import.meta.url)),
);

let passed = 0;
let failed = 0;
for (const file of files) {
  for (const each of readCases(await readFile(file, 'utf8'))) {
    let difference;
    try {
      difference = await differenceOf(each);
    } catch (failure) {
      difference = failure instanceof Error ? (failure.stack ?? failure.message) : String(failure);
    }
    if (difference === null) passed += 1;
    else {
      failed += 1;
      console.log(
        `${each.kind}: ${each.name}\n  ${each.template.replaceAll('\n', '\n  ')}\n  ${difference}\n`,
      );
    }
  }
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
