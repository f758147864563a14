import { describe, expect, test } from 'vitest';
import { failures, folderWith, load, profiles, projectFile } from './sandbox.ts';

const shop = { 'dbt_project.yml': projectFile(), 'profiles.yml': profiles };

describe('where profiles.yml is looked for', () => {
  const named = (target: string) => `shop:\n  target: ${target}\n  outputs: {${target}: {type: duckdb}}\n`;

  test('the flag, then the variable, then the working directory, then home', () => {
    const directory = folderWith({
      'project/dbt_project.yml': projectFile(),
      'flag/profiles.yml': named('flag'),
      'variable/profiles.yml': named('variable'),
      'work/profiles.yml': named('work'),
      'home/.dbt/profiles.yml': named('home'),
      'empty/': '',
    });
    const at = (options: object) =>
      load(`${directory}/project`, {
        workingDirectory: `${directory}/work`,
        home: `${directory}/home`,
        ...options,
      }).targetName;
    const env = { DBT_PROFILES_DIR: `${directory}/variable` };
    expect(at({ profilesDirectory: '../flag', env })).toBe('flag');
    expect(at({ env })).toBe('variable');
    expect(at({})).toBe('work');
    expect(at({ workingDirectory: `${directory}/empty` })).toBe('home');
  });

  test('the project folder has it where nobody else has', () => {
    const directory = folderWith({
      'project/dbt_project.yml': projectFile(),
      'project/profiles.yml': named('own'),
    });
    const { targetName, profilesDirectory } = load(`${directory}/project`, { workingDirectory: directory });
    expect([targetName, profilesDirectory]).toEqual(['own', `${directory}/project`]);
  });
});

describe('which profile and target', () => {
  test('the chosen output alone is rendered', () => {
    const directory = folderWith(shop);
    expect(load(directory).targetName).toBe('dev');
    const prod = load(directory, { target: 'prod', env: { PROD_PATH: 'p.duckdb' } });
    expect([prod.targetName, prod.credentials.threads, prod.credentials.database]).toEqual(['prod', 8, 'p']);
  });

  test('flags stand before variables, variables before files', () => {
    const directory = folderWith({
      'dbt_project.yml': projectFile(),
      'profiles.yml': `${profiles}other:\n  outputs: {default: {type: duckdb}, x: {type: duckdb}}\n`,
    });
    const env = { DBT_PROFILE: 'other', DBT_TARGET: 'x' };
    const chosen = (options: object) => {
      const { profileName, targetName } = load(directory, options);
      return [profileName, targetName];
    };
    expect(chosen({ env })).toEqual(['other', 'x']);
    expect(chosen({ env: { DBT_PROFILE: 'other' } })).toEqual(['other', 'default']);
    expect(chosen({ env, profile: 'shop', target: 'dev' })).toEqual(['shop', 'dev']);
    expect(chosen({ env: { ...env, SLUICE_TARGET: 'default' } })).toEqual(['other', 'default']);
  });

  test('the names in both files may be templates', () => {
    const directory = folderWith({
      'dbt_project.yml': `name: shop\nprofile: "{{ env_var('WHICH') }}"\n`,
      'profiles.yml': `shop:\n  target: "{{ env_var('WHERE', 'dev') }}"\n  outputs: {dev: {type: duckdb}}\n`,
    });
    expect(load(directory, { env: { WHICH: 'shop' } }).targetName).toBe('dev');
  });

  test('threads of the command line stand before those of the output', () => {
    const directory = folderWith(shop);
    expect(load(directory).credentials.threads).toBe(1);
    expect(load(directory, { threads: 3 }).credentials.threads).toBe(3);
  });

  test('a password that is no template stays as it is', () => {
    const directory = folderWith({
      'dbt_project.yml': projectFile(),
      'profiles.yml': "shop:\n  target: dev\n  outputs:\n    dev: {type: duckdb, password: 'a{{b'}\n",
    });
    expect(load(directory).targetName).toBe('dev');
  });
});

describe('no profile', () => {
  test('a project that names none runs on a DuckDB file beside its project file', () => {
    const directory = folderWith({ 'dbt_project.yml': 'name: shop\n', 'profiles.yml': profiles });
    const project = load(directory);
    expect(project).toMatchObject({ embeddedProfile: true, profileName: 'shop', targetName: 'dev' });
    expect(project.credentials.fields['path']).toBe(`${directory}/shop.duckdb`);
    expect(load(directory, { profile: 'shop' }).embeddedProfile).toBe(false);
  });

  test('a target that is named is not found', () => {
    expect(failures(folderWith({ 'dbt_project.yml': 'name: shop\n' }), { target: 'prod' })).toEqual([
      [
        "error[target-without-profile] there is no target 'prod': the project names no profile",
        "  hint: name one with 'profile:' in dbt_project.yml or --profile; without, the target is 'dev'",
      ].join('\n'),
    ]);
  });
});

describe('mistakes', () => {
  test('a profile that is not there is told with the nearest one', () => {
    const directory = folderWith({
      'dbt_project.yml': 'name: shop\nprofile: shpo\n',
      'profiles.yml': profiles,
    });
    expect(failures(directory)).toEqual([
      [
        "error[profile-not-found] Could not find profile named 'shpo' in <dir>/profiles.yml",
        '  dbt_project.yml:2:10',
        '  1 | name: shop',
        '  2 | profile: shpo',
        '    |          ^^^^',
        '  3 |',
        "  hint: did you mean 'shop'?",
      ].join('\n'),
    ]);
  });

  test('no file at all is told with the path that was tried', () => {
    const [found] = failures(folderWith({ 'dbt_project.yml': projectFile() }), { home: '/nobody' });
    expect(found).toContain(
      "Could not find profile named 'shop': there is no file /nobody/.dbt/profiles.yml",
    );
  });

  test('a target that is not there is told with the known ones', () => {
    expect(failures(folderWith(shop), { target: 'staging' })).toEqual([
      [
        "error[target-not-found] The profile 'shop' does not have a target named 'staging'",
        '  hint: its targets: dev, prod',
      ].join('\n'),
    ]);
  });

  test('a missing variable is told at its place in the profile', () => {
    const [found] = failures(folderWith(shop), { target: 'prod' });
    expect(found).toContain("Env var required but not provided: 'PROD_PATH'");
    expect(found).toContain('<dir>/profiles.yml:5:32');
  });

  const withOutput = (output: string) =>
    failures(
      folderWith({
        'dbt_project.yml': projectFile(),
        'profiles.yml': `shop:\n  target: dev\n  outputs:\n    dev: ${output}\n`,
      }),
    );

  test.each([
    ['{type: duckbd}', "there is no adapter of type 'duckbd'"],
    ['{path: x}', "target 'dev' of profile 'shop' has no 'type'"],
    ["{type: duckdb, threads: '4'}", "'threads' must be an integer of at least 1, not the text '4'"],
    ['{type: duckdb, path: 3}', "'path' of profile 'shop', target 'dev' must be text"],
    ['x', "output 'dev' of profile 'shop' is no mapping"],
  ])('output %s is refused', (output, message) => {
    const found = withOutput(output);
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
    expect(found[0]).toContain('<dir>/profiles.yml:4:');
  });

  test.each([
    ['', 'profiles.yml is empty'],
    ['- a\n', 'is not a mapping of profiles'],
    ['shop:\n', "profile 'shop' is empty"],
    ['shop: {target: dev}\n', "outputs not specified in profile 'shop'"],
    ['shop: [\n', 'not valid YAML'],
  ])('a profiles.yml of %j is refused', (text, message) => {
    const found = failures(folderWith({ 'dbt_project.yml': projectFile(), 'profiles.yml': text }));
    expect(found).toHaveLength(1);
    expect(found[0]).toContain(message);
  });

  test('passwords are not shown around a mistake', () => {
    const [found] = failures(
      folderWith({
        'dbt_project.yml': projectFile(),
        'profiles.yml':
          'shop:\n  target: dev\n  outputs:\n    dev:\n      type: nope\n      password: hunter2 # x\n',
      }),
    );
    expect(found).toContain('      password: ******* * *');
    expect(found).not.toContain('hunter2');
  });

  test('flags in profiles.yml are taken, and warned of', () => {
    const text = `config: {use_colors: true}\n${profiles}`;
    const project = load(folderWith({ 'dbt_project.yml': projectFile(), 'profiles.yml': text }));
    expect(project.root.settings.flags).toEqual({ use_colors: true });
    expect(project.warnings.map(({ event }) => event)).toEqual(['ProjectFlagsMovedDeprecation']);
    const both = folderWith({
      'dbt_project.yml': projectFile('flags: {debug: true}\n'),
      'profiles.yml': text,
    });
    expect(failures(both)[0]).toContain('flags stand in both');
  });
});
