import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { type Command, commands, commandsNotYet, flagsOf } from '../../src/cli/flags/commands.ts';
import type { Flag } from '../../src/cli/flags/flags.ts';
import { dbtEvents } from '../../src/cli/log/dbt-events.ts';
import { play } from './play.ts';

// What dbt-core 1.11.16 shows outside: its flags, the project's flags, its events.
const surface = JSON.parse(readFileSync(new URL('./fixtures/dbt-surface.json', import.meta.url), 'utf8')) as {
  readonly flags: Readonly<Record<string, SurfaceFlag>>;
  readonly projectFlags: readonly string[];
  readonly events: Readonly<Record<string, readonly [code: string, level: string]>>;
};

interface SurfaceFlag {
  readonly on: readonly string[];
  readonly off: readonly string[];
  /** Without `DBT_`. */
  readonly variable: string | null;
  readonly values: string | readonly string[] | { readonly listOf: readonly string[] };
  readonly commands: 'all' | readonly string[];
}

/** What answers before any command is looked at. */
const answeredFirst = new Set(['version']);

const has = (dbt: SurfaceFlag, command: Command): boolean =>
  dbt.commands === 'all' ? command.name === 'build' : dbt.commands.includes(command.name);

/** Every flag of dbt's at every command that has it and that is there; those of all commands at `build` only. */
const uses = Object.entries(surface.flags).flatMap(([name, dbt]) =>
  commands
    .filter((command) => has(dbt, command))
    .filter(() => !answeredFirst.has(name))
    // Under `list`, `--models` is a flag of its own.
    .map((command) => ({
      name,
      command,
      dbt: command.name === 'list' && name === 'select' ? { ...dbt, on: ['-s', '--select'] } : dbt,
    })),
);

/** Ours of dbt's name: the one whose spelling it is. */
const ourFlag = (command: Command, dbt: SurfaceFlag): Flag | undefined =>
  flagsOf(command).find((flag) => dbt.on.every((spelling) => flag.on.includes(spelling)));

const isRefused = (flag: Flag): boolean => typeof flag.use === 'object';

/** A value that the flag takes, as it is typed, and as `args` show it. */
function sample(flag: Flag): readonly [typed: string, shown: unknown] {
  if (typeof flag.kind !== 'string') return [flag.kind[1]!, flag.kind[1]];
  if (flag.name.endsWith('esourceTypes')) return ['model', ['model']];
  switch (flag.kind) {
    case 'boolean':
      return ['true', true];
    case 'integer':
      return ['7', 7];
    case 'list':
    case 'repeated':
      return ['x', ['x']];
    case 'yaml':
      return flag.name === 'warnErrorOptions'
        ? ['{error: all}', { error: 'all' }]
        : flag.name === 'sqlparse'
          ? ['{MAX_GROUPING_DEPTH: 7}', { MAX_GROUPING_DEPTH: 7 }]
          : ['{x: 1}', { x: 1 }];
    case 'text':
      // The folder of the project must be there.
      return flag.name === 'projectDir' ? ['.', '.'] : ['x', 'x'];
  }
}

const wordsOf = (command: Command): readonly string[] => command.name.split(' ');

/** What `args` have of a setting. The macro's arguments stand there under a name of their own. */
async function shown(
  command: Command,
  flag: Flag,
  argv: readonly string[],
  how: Parameters<typeof play>[1] = {},
) {
  const played = await play([...wordsOf(command), ...argv], how);
  const name = flag.name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return { ...played, value: played.options?.args[name] };
}

const refusal = /^Usage Error\n {2}error\[flag-not-supported\] .*\n {4}hint: \S/;

describe.each(uses)('$name of $command.name', ({ name, command, dbt }) => {
  const flag = ourFlag(command, dbt);

  test('is known, works or is refused with a reason, in each of its spellings', async () => {
    expect(flag, `${name} of ${command.name}`).toBeDefined();
    const [typed, value] = sample(flag!);
    for (const spelling of dbt.on) {
      const argv = flag!.kind === 'boolean' ? [spelling] : [spelling, typed];
      const played = await shown(command, flag!, argv);
      if (isRefused(flag!)) expect(played.err, spelling).toMatch(refusal);
      else expect([played.err, played.value], spelling).toEqual(['', value]);
    }
    for (const spelling of dbt.off) {
      expect(flag!.off).toContain(spelling);
      const played = await shown(command, flag!, [spelling]);
      expect([played.err, played.value], spelling).toEqual(['', false]);
    }
  });

  test('has the variable that dbt has, and the command line wins over it', async () => {
    expect(flag!.variable).toBe(dbt.variable);
    if (flag!.variable === null || isRefused(flag!)) return;
    const [typed, value] = sample(flag!);
    for (const prefix of ['SLUICE', 'DBT_ENGINE', 'DBT']) {
      const env = { [`${prefix}_${flag!.variable}`]: typed };
      const played = await shown(command, flag!, [], { env });
      expect([played.err, played.value], `${prefix}_${flag!.variable}`).toEqual(['', value]);
    }
    const [off] = flag!.off;
    if (off === undefined) return;
    const played = await shown(command, flag!, [off], { env: { [`DBT_${flag!.variable}`]: 'true' } });
    expect(played.value).toBe(false);
  });

  test('refuses what is no value of it, and names where it came from', async () => {
    if (flag!.kind === 'text' || flag!.kind === 'list' || isRefused(flag!)) return;
    const wrong = flag!.kind === 'yaml' ? '[1' : 'perhaps';
    const variable = flag!.variable === null ? null : `DBT_${flag!.variable}`;
    const ways: (readonly [origin: string, argv: readonly string[], env: Record<string, string>])[] = [];
    if (flag!.kind !== 'boolean') ways.push([flag!.on[0]!, [flag!.on[0]!, wrong], {}]);
    if (variable !== null) ways.push([variable, [], { [variable]: wrong }]);
    for (const [origin, argv, env] of ways) {
      const played = await shown(command, flag!, argv, { env });
      expect([played.code, played.options]).toEqual([2, null]);
      expect(played.err).toContain(origin);
    }
  });
});

test.each(surface.projectFlags)(
  "the project's flag %s is read from `flags:`, below variables",
  async (name) => {
    const command = commands.find((one) => one.name === 'build')!;
    const flag = flagsOf(command).find(
      (one) => one.name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`) === name,
    );
    const [typed, value] = flag === undefined ? ['true', true] : sample(flag);
    const project = `name: shop\nflags:\n  ${name}: ${typed}\n`;
    const { options, err } = await play(['build'], { project });
    expect([err, options?.args[name]]).toEqual(['', value]);
    const off = `name: shop\nflags:\n  ${name}: false\n`;
    if (value === true) expect((await play(['build'], { project: off })).options?.args[name]).toBe(false);
    if (flag === undefined) return;
    const wrong = await play(['build'], { project: `name: shop\nflags:\n  ${name}: perhaps\n` });
    expect(wrong.err).toContain(`flags.${name} of dbt_project.yml`);
    const env = { [`DBT_${flag.variable}`]: flag.kind === 'boolean' ? 'false' : typed };
    const other = await play(['build'], { env, project });
    expect(other.options?.args[name]).toEqual(flag.kind === 'boolean' ? false : value);
  },
);

test('flags of all commands are those of each', () => {
  for (const [name, dbt] of Object.entries(surface.flags)) {
    if (dbt.commands !== 'all' || answeredFirst.has(name)) continue;
    for (const command of commands) expect(ourFlag(command, dbt), `${name} of ${command.name}`).toBeDefined();
  }
});

test('a flag that a command of dbt lacks is refused there', async () => {
  for (const [name, { on, commands: having }] of Object.entries(surface.flags)) {
    if (having === 'all') continue;
    const without = commands.filter((one) => !having.includes(one.name));
    for (const command of without) {
      const own = flagsOf(command).flatMap((flag) => flag.on);
      const [spelling] = on.filter((one) => !own.includes(one));
      // Ours takes some flags wherever they have a meaning.
      if (spelling === undefined) continue;
      const { err } = await play([...wordsOf(command), spelling]);
      expect(err, `${name} of ${command.name}`).toContain(
        `error[unknown-flag] there is no flag '${spelling}'`,
      );
    }
  }
});

test('version and help are answered before and after a command', async () => {
  for (const word of surface.flags['version']!.on) {
    for (const argv of [[word], ['run', word], [word, 'run']]) {
      const { code, out } = await play(argv);
      expect([code, out]).toEqual([0, expect.stringMatching(/^sluice \S+ \(answers as dbt 1\.11\.16\)\n$/)]);
    }
  }
  for (const word of ['-h', '--help']) {
    expect((await play([word])).out).toContain('Usage: sluice <command>');
    expect((await play(['run', word])).out).toContain('Usage: sluice run');
    expect((await play(['docs', word])).out).toContain('docs generate');
  }
});

test('every command of dbt is there, or is refused with a reason', () => {
  const known = commands.flatMap(({ name, aliases }) => [name, ...aliases]);
  const named = Object.values(surface.flags).flatMap((flag) =>
    flag.commands === 'all' ? [] : flag.commands,
  );
  for (const name of new Set(named)) expect([...known, ...commandsNotYet]).toContain(name);
  expect(commandsNotYet.filter((name) => known.includes(name))).toEqual([]);
});

test("events that are dbt's have dbt's code and level", () => {
  for (const [name, [code, level]] of Object.entries(dbtEvents)) {
    expect(surface.events, name).toHaveProperty(name);
    expect([name, code, level]).toEqual([name, ...surface.events[name]!]);
  }
});
