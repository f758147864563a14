import type { Setting } from '../flags/settings.ts';

export type Colour = 'red' | 'yellow' | 'green' | 'cyan' | 'dim' | 'bold';

const codes: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  red: [31, 39],
  yellow: [33, 39],
  green: [32, 39],
  cyan: [36, 39],
  dim: [2, 22],
  bold: [1, 22],
};

export function paint(text: string, colour: Colour): string {
  const [on, off] = codes[colour];
  return `\u001b[${on}m${text}\u001b[${off}m`;
}

/**
 * Whether to colour: who runs the command decides by flag or variable; else NO_COLOR (any text) says no and FORCE_COLOR
 * yes; else the project decides; else only a terminal that is not dumb gets colours. See no-color.org.
 */
export function wantsColours(
  setting: Setting | undefined,
  env: ReadonlyMap<string, string>,
  isTTY: boolean,
): boolean {
  const asked = setting?.value === true;
  if (setting !== undefined && setting.origin !== 'project') return asked;
  if ((env.get('NO_COLOR') ?? '') !== '') return false;
  const forced = env.get('FORCE_COLOR') ?? '';
  if (forced !== '' && forced !== '0') return true;
  if (setting !== undefined) return asked;
  return isTTY && env.get('TERM') !== 'dumb';
}
