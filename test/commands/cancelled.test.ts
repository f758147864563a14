import { describe, expect, test } from 'vitest';
import * as api from '../../src/index.ts';
import { type TestProject, testProject, testWorld } from '../rig.ts';

const shop = (): TestProject =>
  testProject({
    'models/a.sql': 'select 1 as id',
    'seeds/s.csv': 'id\n1\n',
    'macros/m.sql': "{% macro m() %}{{ return('') }}{% endmacro %}",
    'models/s.yml':
      'sources: [{name: raw, schema: main, config: {loaded_at_field: at, freshness: {warn_after: {count: 1, period: day}}}, tables: [{name: t}]}]',
  });

type Started = api.Invocation<{ readonly success: boolean; readonly interrupted: boolean }>;

/** Every command, with what it needs to have something to do. */
const commands: Readonly<Record<string, (options: api.CommandOptions) => Started>> = {
  build: (options) => api.build(options),
  run: (options) => api.run(options),
  test: (options) => api.test(options),
  seed: (options) => api.seed(options),
  snapshot: (options) => api.snapshot(options),
  clone: (options) => api.clone({ ...options, state: 'target' }),
  compile: (options) => api.compile(options),
  show: (options) => api.show({ ...options, inline: 'select 1' }),
  sourceFreshness: (options) => api.sourceFreshness(options),
  parse: (options) => api.parse(options),
  list: (options) => api.list(options),
  docsGenerate: (options) => api.docsGenerate(options),
  runOperation: (options) => api.runOperation({ ...options, macro: 'm' }),
};

const others: typeof commands = {
  debug: (options) => api.debug(options),
  retry: (options) => api.retry(options),
  clean: (options) => api.clean(options),
  deps: (options) => api.deps(options),
  init: (options) => api.init({ ...options, projectName: 'other' }),
  exportCi: (options) => api.exportCi({ ...options, system: 'github' }),
};

const cancelled = { success: false, interrupted: true };

describe.each(Object.entries({ ...commands, ...others }))('%s', (_, start) => {
  test('answers that it was interrupted where it is cancelled at once', async () => {
    const invocation = start({ world: testWorld(shop().directory) });
    invocation.cancel();
    expect(await invocation).toMatchObject(cancelled);
  });

  test('answers so where its signal was aborted before, for any reason', async () => {
    const signal = AbortSignal.abort('enough');
    expect(await start({ world: testWorld(shop().directory), signal })).toMatchObject(cancelled);
  });
});

describe.each(Object.entries(commands))('%s', (_, start) => {
  test.each(['adapter-registered', 'project-parsed'] as const)(
    'answers so where %s is told',
    async (name) => {
      const abort = new AbortController();
      const events: api.Event[] = [];
      const outcome = await start({
        world: testWorld(shop().directory),
        signal: abort.signal,
        onEvent: (event) => {
          events.push(event);
          if (event.name === name) abort.abort();
        },
      });
      expect(outcome).toMatchObject(cancelled);
      expect(events.map((event) => event.name).slice(-2)).toEqual(['interrupted', 'invocation-finished']);
      expect(events.at(-1)).toMatchObject({ success: false });
    },
  );
});

test('a run that is cancelled before its first node has no results', async () => {
  const invocation = api.build({ world: testWorld(shop().directory) });
  for await (const event of invocation.events()) if (event.name === 'run-started') invocation.cancel();
  const { interrupted, results } = await invocation;
  expect([interrupted, results.filter(({ status }) => status !== 'skipped')]).toEqual([true, []]);
});
