// Benchmarks: npm run bench [-- NAME ...]. Figures are ratios to a floor or a peer measured in the same run; nothing
// here passes or fails.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const root = join(folder, '..', '..');
const known = readdirSync(folder)
  .filter((file) => file.endsWith('.bench.mjs'))
  .map((file) => file.slice(0, -'.bench.mjs'.length));
const separator = process.argv.slice(2).findIndex((word) => word.startsWith('-'));
const words = process.argv.slice(2);
const names = separator < 0 ? words : words.slice(0, separator);
const options = separator < 0 ? [] : words.slice(separator);
const strange = names.filter((name) => !known.includes(name));
if (strange.length > 0) {
  console.error(`there is no benchmark '${strange[0]}': ${known.join(', ')}`);
  process.exit(2);
}
const built = spawnSync(process.execPath, [join(root, 'scripts', 'build.mjs'), '--no-check'], {
  stdio: 'inherit',
});
if (built.status !== 0) process.exit(built.status ?? 1);
for (const name of names.length > 0 ? names : known) {
  console.log(`\n## ${name}`);
  const { status } = spawnSync(process.execPath, [join(folder, `${name}.bench.mjs`), ...options], {
    stdio: 'inherit',
  });
  if (status !== 0) process.exitCode = 1;
}
