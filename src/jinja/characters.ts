const nameStart = 1;
const digit = 2;
const space = 4;

/** Classes of the ASCII characters; Python counts the separators 0x1c to 0x1f as white space. */
const classes = Uint8Array.from({ length: 128 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (/[A-Za-z_]/.test(character)) return nameStart;
  if (/[0-9]/.test(character)) return digit;
  return /\s/.test(character) || (code >= 0x1c && code <= 0x1f) ? space : 0;
});

/** Python's `str.isspace` for one UTF-16 code unit. */
export function isSpace(code: number): boolean {
  return code < 128 ? classes[code] === space : isWideSpace(code);
}

function isWideSpace(code: number): boolean {
  return (
    code === 0x85 ||
    code === 0xa0 ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  );
}

/** Whether a name may start here; beyond ASCII the caller has to look closer. */
export function isNameStart(code: number): boolean {
  return code < 128 ? classes[code] === nameStart : true;
}

export function isNamePart(code: number): boolean {
  return code < 128 ? isAsciiNamePart(code) : code >= 128;
}

export function isAsciiNamePart(code: number): boolean {
  return code < 128 && (classes[code]! & (nameStart | digit)) !== 0;
}

export function isDigit(code: number): boolean {
  return code < 128 && classes[code] === digit;
}
