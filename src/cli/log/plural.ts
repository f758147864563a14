/** `1 model`, `2 data tests` (of `data_test`), `2 models`, `0 partial successes`, `3 analyses`, `2 saved queries`. */
export function counted(count: number, noun: string): string {
  const words = noun.replaceAll('_', ' ');
  return `${count} ${count === 1 ? words : plural(words)}`;
}

function plural(noun: string): string {
  if (noun.endsWith('analysis')) return `${noun.slice(0, -2)}es`;
  if (noun.endsWith('s')) return `${noun}es`;
  return noun.endsWith('y') ? `${noun.slice(0, -1)}ies` : `${noun}s`;
}
