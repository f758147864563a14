import { createRequire } from 'node:module';
import { setFlagsFromString } from 'node:v8';
import { expect, test } from 'vitest';
import { parseTemplate } from '../../src/jinja/template.ts';

test('the methods of strings stay fast in a process that imports nunjucks', () => {
  expect(parseTemplate({ path: 'model.sql', text: 'a' }).body).toHaveLength(1);
  createRequire(import.meta.url)('nunjucks');
  setFlagsFromString('--allow-natives-syntax');
  const isFast = new Function('prototype', 'return %HasFastProperties(prototype)');
  setFlagsFromString('--no-allow-natives-syntax');
  expect(isFast(String.prototype)).toBe(true);
});
