import { escapeText } from '../arithmetic.ts';

export interface LinkOptions {
  /** Longest text of a link; null for any. */
  readonly limit: number | null;
  readonly rel: string;
  readonly target: string | null;
  readonly schemes: readonly string[];
}

const topLevel = 'com|net|int|edu|gov|org|info|mil';
const host = `(?:https?://|www\\.)(?:(?:[\\p{L}\\p{N}_%-]+\\.)+)?(?:[a-z]{2,63}|xn--[\\p{L}\\p{N}_%]{2,59})`;
const bareHost = `(?:[\\p{L}\\p{N}_%-]{2,63}\\.)+(?:${topLevel})`;
const address = `https?://(?:(?:\\d{1,3})(?:\\.\\d{1,3}){3}|\\[(?:[\\da-f]{0,4}:){2}(?:[\\da-f]{0,4}:?){1,6}\\])`;
const web = new RegExp(`^(?:${host}|${bareHost}|${address})(?::\\d{1,5})?(?:[/?#]\\S*)?$`, 'iu');
const mail = /^\S+@[\p{L}\p{N}_][\p{L}\p{N}_.-]*\.[\p{L}\p{N}_]+$/u;

const brackets = [
  ['(', ')'],
  ['<', '>'],
  ['&lt;', '&gt;'],
] as const;

/** One word of escaped text; an address in it becomes a link, without the punctuation around it. */
export function linkWord(word: string, options: LinkOptions): string {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? '';
  let middle = word.slice(head.length);
  let tail = /(?:[)>.,\n]|&gt;)+$/.exec(middle)?.[0] ?? '';
  middle = middle.slice(0, middle.length - tail.length);
  for (const [open, close] of brackets) {
    const missing = occurrences(middle, open) - occurrences(middle, close);
    if (missing <= 0) continue;
    const moved = Math.min(occurrences(middle, open), occurrences(tail, close));
    for (let round = 0; round < moved; round += 1) {
      const end = tail.indexOf(close) + close.length;
      middle += tail.slice(0, end);
      tail = tail.slice(end);
    }
  }
  return head + linked(middle, options) + tail;
}

function linked(text: string, options: LinkOptions): string {
  const rel = options.rel === '' ? '' : ` rel="${escapeText(options.rel)}"`;
  const attributes = rel + (options.target === null ? '' : ` target="${escapeText(options.target)}"`);
  if (web.test(text)) {
    const address = /^https?:\/\//.test(text) ? text : `https://${text}`;
    return `<a href="${address}"${attributes}>${shortened(text, options.limit)}</a>`;
  }
  if (text.startsWith('mailto:') && mail.test(text.slice(7))) return `<a href="${text}">${text.slice(7)}</a>`;
  if (/^(?!www\.|@)[^:]*@[^:]*$/.test(text) && mail.test(text)) return `<a href="mailto:${text}">${text}</a>`;
  const scheme = options.schemes.find((each) => text !== each && text.startsWith(each));
  return scheme === undefined ? text : `<a href="${text}"${attributes}>${text}</a>`;
}

function shortened(text: string, limit: number | null): string {
  return limit !== null && text.length > limit ? `${text.slice(0, limit)}...` : text;
}

function occurrences(text: string, part: string): number {
  return text.split(part).length - 1;
}
