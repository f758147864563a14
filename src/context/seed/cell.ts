import type { SeedKind } from '../../adapter/facts.ts';
import { parseSeedDate, parseSeedDatetime } from './date.ts';
import { booleanWord, type Reading } from './infer.ts';
import { inUtc, parseIsoDatetime, withOffset } from './iso-datetime.ts';
import { decimalText, integerText, isCanonicalNumber, parseSeedNumber } from './number.ts';
import { isNullWord, strip } from './strip.ts';

/**
 * How dbt's adapter of the warehouse loads seeds: `values` binds what was read, `copy` lets the engine read the file
 * (dbt-duckdb). They differ in text that looks like null, blank lines and offsets of timestamps.
 */
export type SeedLoading = 'values' | 'copy';

/** Text of one cell for a purpose; null for null. */
export type CellText = (cell: string) => string | null;

/** The text under which the warehouse takes a cell of such a column. */
export function warehouseText(reading: Reading, kind: SeedKind, loading: SeedLoading): CellText {
  switch (reading) {
    case 'nothing':
      return () => null;
    case 'number':
      return kind === 'integer' ? ifNotNull(readInteger) : ifNotNull(readNumber);
    case 'iso':
      return ifNotNull((text) => {
        const moment = parseIsoDatetime(text)!;
        return loading === 'copy' ? moment.local : inUtc(moment);
      });
    case 'text':
      return loading === 'copy' ? (cell) => (cell === '' ? null : cell) : plainText;
    default:
      return valueText(reading);
  }
}

/** The text of the value that templates see: a Python decimal's, an ISO date's, ... */
export function valueText(reading: Reading): CellText {
  switch (reading) {
    case 'nothing':
      return () => null;
    case 'number':
      return ifNotNull(readNumber);
    case 'date':
      return ifNotNull(parseSeedDate);
    case 'datetime':
      return ifNotNull(parseSeedDatetime);
    case 'iso':
      return ifNotNull((text) => withOffset(parseIsoDatetime(text)!));
    case 'boolean':
      return (cell) => {
        const word = booleanWord(cell) ?? null;
        return word === null ? null : word ? 'True' : 'False';
      };
    case 'text':
      return plainText;
  }
}

const plainText: CellText = (cell) => (isNullWord(strip(cell)) ? null : cell);

function ifNotNull(read: (stripped: string) => string | null): CellText {
  return (cell) => {
    if (cell === '') return null;
    const stripped = strip(cell);
    return isNullWord(stripped) ? null : read(stripped);
  };
}

const readNumber = (text: string): string =>
  isCanonicalNumber(text) ? text : decimalText(parseSeedNumber(text)!);

/** Short plain integers are by far the most frequent cells of number columns. */
function readInteger(text: string): string {
  return shortInteger.test(text) ? text : integerText(parseSeedNumber(text)!);
}

const shortInteger = /^(?:0|-?[1-9]\d{0,17})$/;
