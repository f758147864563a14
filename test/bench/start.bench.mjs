// What starting costs: --version and --help against an empty Node script, interleaved.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compete, measure } from './processes.mjs';

const program = fileURLToPath(new URL('../../bin/sluice.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
const empty = join(folder, 'empty.js');
writeFileSync(empty, '');
const result = compete(
  {
    'empty script': () => measure(process.execPath, [empty], { cwd: folder }),
    '--version': () => measure(process.execPath, [program, '--version'], { cwd: folder }),
    '--help': () => measure(process.execPath, [program, '--help'], { cwd: folder }),
  },
  21,
);
const floor = result['empty script'];
for (const [name, { wall, cpu }] of Object.entries(result)) {
  const ratio = `${(wall / floor.wall).toFixed(2)} x wall, ${(cpu / floor.cpu).toFixed(2)} x CPU`;
  console.log(
    `${name.padEnd(14)} ${(wall * 1000).toFixed(0)} ms wall, ${(cpu * 1000).toFixed(0)} ms CPU  (${ratio} of an empty script)`,
  );
}
rmSync(folder, { recursive: true, force: true });
