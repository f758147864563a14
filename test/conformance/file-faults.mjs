import { promises, writeSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/**
 * Breaks the change of a file of external models that has the number FAULT_FILE_AT, counted from the first: by FAULT_KIND the
 * process is `killed` before it or `killed-after`, or the system `refuses` it. Says so on its standard error. Loaded into a program by `node --import`.
 */
const at = Number(process.env['FAULT_FILE_AT']);
const kind = process.env['FAULT_KIND'];
let seen = 0;

const die = () => {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take a moment, in which nothing else must be done.
  return new Promise(() => {});
};

for (const name of ['mkdir', 'rename', 'link', 'rm']) {
  const original = promises[name];
  promises[name] = async (...args) => {
    if (!args.some((arg) => typeof arg === 'string' && arg.includes('.sluice_'))) return original(...args);
    seen += 1;
    if (seen !== at) return original(...args);
    writeSync(2, `broke ${name}\n`);
    if (kind === 'killed') return die();
    if (kind === 'refuses') {
      throw Object.assign(new Error(`EIO: i/o error, ${name}`), { code: 'EIO', syscall: name });
    }
    await original(...args);
    return die();
  };
}
syncBuiltinESMExports();
