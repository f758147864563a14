import { expect, test } from 'vitest';
import { runProgram, testProject } from '../../rig.ts';
import { editedProject } from './edited-project.ts';

test('programs that parse the same project at once, some of it changed between them, all end well', async () => {
  const project = testProject(editedProject);
  for (let round = 0; round < 4; round += 1) {
    project.write({ 'models/filler/f_1.sql': `select ${round} as a` });
    const runs = await Promise.all([
      runProgram(project, ['parse']),
      runProgram(project, ['parse', '--no-partial-parse']),
      runProgram(project, ['ls', '--quiet']),
      runProgram(project, ['parse', '--vars', `{currency: c${round}}`]),
    ]);
    expect(runs.map(({ code, out }) => [code, code === 0 ? '' : out])).toEqual(runs.map(() => [0, '']));
  }
  const last = await runProgram(project, ['ls', '--quiet', '--select', 'f_1']);
  expect(last.out.trim()).toBe('shop.filler.f_1');
}, 120_000);
