import { type Fraction, fixedDigits } from '../jinja/digits.ts';
import { layOutNumber, parseFormatSpec } from '../jinja/format-spec.ts';
import { formatFraction } from '../jinja/number-format.ts';
import { raise } from '../jinja/py-error.ts';
import { type DecimalParts, decimalText } from './decimal-arithmetic.ts';

/** `format(decimal, spec)`: without a precision the decimal's own places are kept. */
export function formatDecimal(value: DecimalParts, text: string): string {
  const spec = parseFormatSpec(text, 'decimal.Decimal');
  const negative = value.coefficient < 0n;
  const own: DecimalParts = { ...value, coefficient: negative ? -value.coefficient : value.coefficient };
  const shown = spec.type === '%' ? { coefficient: own.coefficient, exponent: own.exponent + 2 } : own;
  let digits = magnitude(shown, spec.type.toLowerCase(), spec.precision, spec.alternate);
  if (spec.type === 'E' || spec.type === 'G') digits = digits.toUpperCase();
  if (spec.type === '%') digits += '%';
  const sign = negative ? '-' : spec.sign === '+' || spec.sign === ' ' ? spec.sign : '';
  return layOutNumber({ sign, prefix: '', digits }, spec);
}

function magnitude(value: DecimalParts, type: string, precision: number | null, alternate: boolean): string {
  const fraction: Fraction =
    value.exponent >= 0
      ? { numerator: value.coefficient * 10n ** BigInt(value.exponent), denominator: 1n }
      : { numerator: value.coefficient, denominator: 10n ** BigInt(-value.exponent) };
  switch (type) {
    case 'f':
    case '%':
      return fixedDigits(fraction, precision ?? Math.max(0, -value.exponent));
    case 'e':
      return shortExponent(
        formatFraction(fraction, 'e', precision ?? value.coefficient.toString().length - 1, alternate),
      );
    case 'g':
    case 'n':
    case '':
      if (precision === null) return decimalText(value);
      return shortExponent(
        formatFraction(fraction, 'g', precision, true).replace(/\.(?=e|$)/, ''),
        type === '',
      );
    default:
      return raise('ValueError', 'invalid format string');
  }
}

/** Python's Decimal writes exponents without a leading zero. */
function shortExponent(text: string, upper = false): string {
  return text.replace(/e([+-])0?(\d+)$/, upper ? 'E$1$2' : 'e$1$2');
}
