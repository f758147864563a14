import { readBlock } from './block-reader.ts';
import { PlainScalarError } from './plain-error.ts';
import {
  beyondFastReader,
  type DuplicateAt,
  firstToken,
  giveUp,
  isBlankAt,
  newline,
  nextLine,
  startScan,
} from './scan.ts';

export type FastResult =
  | { readonly data: unknown; readonly duplicates: readonly DuplicateAt[] }
  /** Where the reader stopped, near what it does not know. */
  | { readonly stoppedAt: number };

/**
 * Reads one document with the meaning of PyYAML's safe loader; stops where it meets anything else: tags, complex
 * keys, directives, a second document, a mistake. `text` has its lines ended by `\n` and no control characters.
 * Throws YamlLimit.
 */
export function readFast(text: string): FastResult {
  const s = startScan(text);
  try {
    firstToken(s, 0);
    if (s.column === 0 && text.startsWith('---', s.pos) && isBlankAt(text, s.pos + 3)) {
      s.pos += 3;
      nextLine(s);
    }
    if (hasDocumentMarker(text, s.pos)) giveUp();
    const data = s.column < 0 ? null : readBlock(s, -1);
    if (s.column >= 0) giveUp();
    return { data, duplicates: s.duplicates };
  } catch (caught) {
    if (caught === beyondFastReader || caught instanceof PlainScalarError) return { stoppedAt: s.pos };
    throw caught;
  }
}

/** Markers end any scalar of any style, so none may be left. */
function hasDocumentMarker(text: string, from: number): boolean {
  if (!text.includes('\n---', from) && !text.includes('\n...', from)) return isMarkerAt(text, from);
  return isMarkerAt(text, from) || /\n(?:---|\.\.\.)(?:[ \t\n]|$)/.test(text.slice(from));
}

function isMarkerAt(text: string, at: number): boolean {
  const atLineStart = at === 0 || text.charCodeAt(at - 1) === newline;
  return atLineStart && /^(?:---|\.\.\.)(?:[ \t\n]|$)/.test(text.slice(at, at + 4));
}
