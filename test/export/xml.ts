/** An element of a strictly read XML text. */
export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly XmlElement[];
  /** Its own text, without that of its children. */
  readonly text: string;
}

const name = '[A-Za-z_][\\w.-]*';
// biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 has no way to write them.
const forbidden = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|\p{Surrogate}/u;

/** Reads the XML that reports use (elements, attributes, text, the five entities, numbers); throws at all else. */
export function readXml(text: string): XmlElement {
  if (forbidden.test(text)) throw new Error('a character that XML cannot have');
  const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
  if (!text.startsWith(declaration)) throw new Error('no declaration');
  let at = declaration.length;
  const take = (pattern: string): RegExpExecArray | null => {
    const match = new RegExp(pattern, 'y');
    match.lastIndex = at;
    const found = match.exec(text);
    if (found !== null) at += found[0].length;
    return found;
  };
  const must = (pattern: string): RegExpExecArray => {
    const found = take(pattern);
    if (found === null) throw new Error(`expected ${pattern} at: ${text.slice(at, at + 60)}`);
    return found;
  };
  const element = (): XmlElement => {
    const [, tag = ''] = must(`<(${name})`);
    const attributes: Record<string, string> = {};
    for (let found = take(`\\s+(${name})="([^"<]*)"`); found !== null; ) {
      if (Object.hasOwn(attributes, found[1]!)) throw new Error(`two attributes ${found[1]}`);
      attributes[found[1]!] = unescaped(found[2]!);
      found = take(`\\s+(${name})="([^"<]*)"`);
    }
    if (take('/>') !== null) return { name: tag, attributes, children: [], text: '' };
    must('>');
    const children: XmlElement[] = [];
    let own = '';
    for (;;) {
      own += unescaped(take('[^<>]+')?.[0] ?? '');
      if (take(`</${tag}>`) !== null) return { name: tag, attributes, children, text: own };
      children.push(element());
    }
  };
  const root = element();
  must('\\n?$');
  return root;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&([^;&]*;?)/g, (_, entity: string) => {
    const number = /^#(\d+);$/.exec(entity);
    if (number !== null) return String.fromCodePoint(Number(number[1]));
    const known = entity.endsWith(';') ? entities[entity.slice(0, -1)] : undefined;
    if (known === undefined) throw new Error(`a bare & before ${entity}`);
    return known;
  });
}
