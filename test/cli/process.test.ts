import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { version } from '../../src/core/version.ts';
import { compile } from '../support/compiled.ts';

const compiled = compile();
afterAll(() => compiled.remove());

interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

interface Start {
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all output so far, and what sends a signal or closes the output. */
  readonly watch?: (out: string, child: { signal(): void; closeOutput(): void }) => void;
}

/** Starts the real entry with `build` as given (the body of an async function of `options`). */
function sluice(argv: readonly string[], build: string, start: Start = {}): Promise<Ended> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-process-'));
  const script = join(folder, 'start.mjs');
  writeFileSync(
    script,
    `import program from '${compiled.file('cli/main.cjs')}';
     program.main(async () => ({ build: (options) => { ${build} } }));`,
  );
  const { PATH = '', HOME = '' } = process.env;
  const child = spawn(process.execPath, [script, ...argv], {
    cwd: folder,
    env: { PATH, HOME, ...start.env },
  });
  const ended = { out: '', err: '' };
  const hands = { signal: () => void child.kill('SIGINT'), closeOutput: () => child.stdout.destroy() };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    ended.out += text;
    start.watch?.(ended.out, hands);
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    ended.err += text;
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve({ ...ended, code, signal }));
  });
}

const say = (text: string): string => `options.onEvent({ name: 'message', level: 'info', text: '${text}' });`;

test.each([
  ['return Promise.resolve({ success: true });', 0],
  ['return Promise.resolve({ success: false });', 1],
  ['return Promise.resolve({ success: true, interrupted: true });', 2],
  ['return Promise.reject(new Error("a bug"));', 2],
  ['throw new Error("a bug");', 2],
])('a process whose command does %j ends with %i', async (build, code) => {
  expect((await sluice(['build'], build)).code).toBe(code);
});

test('a promise that never settles ends the process with 2 and says so', async () => {
  const { code, out } = await sluice(['build'], `${say('begun')} return new Promise(() => {});`);
  expect(code).toBe(2);
  expect(out).toContain('begun');
  expect(out).toContain("error[run-did-not-finish] 'build' did not finish");
});

test('a usage error ends with 2 and is told on the error stream', async () => {
  const { code, out, err } = await sluice(['build', '--nonsense'], '');
  expect([code, out]).toEqual([2, '']);
  expect(err).toContain('error[unknown-flag]');
});

test('two megabytes of an error arrive in full through a pipe', async () => {
  const { code, out } = await sluice(
    ['build'],
    'return Promise.reject(new Error("x".repeat(2_000_000) + "end"));',
  );
  expect(code).toBe(2);
  expect(out.match(/x+end/)?.[0]).toHaveLength(2_000_003);
});

test('a reader that goes away ends nothing and leaves no noise', async () => {
  const chatter = `return (async () => {
    for (let index = 0; index < 200; index += 1) {
      options.onEvent({ name: 'message', level: 'info', text: 'line ' + index + ' '.repeat(5000) });
      await new Promise((resolve) => setImmediate(resolve));
    }
    return { success: true };
  })();`;
  const { code, err } = await sluice(['build'], chatter, { watch: (_, child) => child.closeOutput() });
  expect(code).toBe(0);
  expect(err).toBe('');
});

test('an interrupt cancels the command, waits for its outcome and ends with 2', async () => {
  const build = `${say('begun')}
    const timer = setInterval(() => {}, 1000);
    let settle;
    const work = new Promise((resolve) => { settle = resolve; });
    work.cancel = () => { clearInterval(timer); ${say('cancelled')} settle({ success: false, interrupted: true }); };
    return work;`;
  let sent = false;
  const { code, signal, out } = await sluice(['build'], build, {
    watch: (text, child) => {
      if (!sent && text.includes('begun')) {
        sent = true;
        child.signal();
      }
    },
  });
  expect([code, signal]).toEqual([2, null]);
  expect(out).toContain('cancelled');
});

test('a second interrupt quits at once with 2, and what was told is in the event log', async () => {
  const log = join(mkdtempSync(join(tmpdir(), 'sluice-log-')), 'events.jsonl');
  const build = `${say('begun')} setInterval(() => {}, 1000);
    const work = new Promise(() => {});
    work.cancel = () => { ${say('stubborn')} };
    return work;`;
  let sent = 0;
  const { code } = await sluice(['build'], build, {
    env: { SLUICE_EVENT_LOG: log },
    watch: (text, child) => {
      if ((sent === 0 && text.includes('begun')) || (sent === 1 && text.includes('stubborn'))) {
        sent += 1;
        child.signal();
      }
    },
  });
  expect(code).toBe(2);
  const told = readFileSync(log, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).info.msg);
  expect(told).toEqual(['begun', 'stubborn']);
});

test('an unhandled rejection makes a run that says success end with 2', async () => {
  const build = `Promise.reject(new Error('lost'));
    return new Promise((resolve) => setTimeout(() => resolve({ success: true }), 20));`;
  const { code, out } = await sluice(['build'], build);
  expect(code).toBe(2);
  expect(out).toContain('Error: lost');
});

test('SLUICE_NOW freezes the time of the invocation, and refuses what is no time', async () => {
  const build = `${say("' + new Date(options.world.startedAt).toISOString() + '")} return Promise.resolve({ success: true });`;
  const at = async (text: string) => (await sluice(['build'], build, { env: { SLUICE_NOW: text } })).out;
  expect(await at('2026-01-31T06:00:00+01:00')).toContain('2026-01-31T05:00:00.000Z');
  expect(await at('2026-01-31')).toContain('2026-01-31T00:00:00.000Z');
  const wrong = await sluice(['build'], build, { env: { SLUICE_NOW: 'yesterday', TZ: 'America/New_York' } });
  expect(wrong.code).toBe(2);
  expect(wrong.err).toContain("error[wrong-clock] SLUICE_NOW is 'yesterday'");
});

test('the version is that of the package', async () => {
  const manifest = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  expect(version).toBe(manifest.version);
  const { out, code } = await sluice(['--version'], '');
  expect(code).toBe(0);
  expect(out).toBe(`sluice ${version} (answers as dbt 1.11.16)\n`);
});

test.each([[['--version']], [[]]])(
  '%j is answered without loading commander or any command',
  async (argv) => {
    const folder = mkdtempSync(join(tmpdir(), 'sluice-process-'));
    const script = join(folder, 'start.cjs');
    writeFileSync(
      script,
      `require('${compiled.file('cli/main.cjs')}').main();
     process.on('exit', () => console.log('loaded', Object.keys(require.cache).join(' ')));`,
    );
    const { stdout } = spawnSync(process.execPath, [script, ...argv], { cwd: folder, encoding: 'utf8' });
    const loaded = (/^loaded (.*)$/m.exec(stdout)?.[1] ?? '').split(' ');
    const names = loaded.map((file) => basename(file, '.cjs'));
    expect(names.filter((name) => name !== 'rolldown-runtime').sort()).toEqual(['main', 'start', 'start']);
  },
);
