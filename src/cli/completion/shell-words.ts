/**
 * The words of a command line as far as it is typed, the last one being the one that is completed (empty after a
 * space). Quotes and backslashes are taken away; a quote that is still open reaches to the end.
 */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  let word = '';
  let begun = false;
  let quote: string | null = null;
  for (let index = 0; index < line.length; index += 1) {
    const letter = line[index]!;
    if (quote !== null && letter === quote) quote = null;
    else if (letter === '\\' && quote !== "'") {
      index += 1;
      word += line[index] ?? '';
      begun = true;
    } else if (quote !== null) word += letter;
    else if (letter === "'" || letter === '"') {
      quote = letter;
      begun = true;
    } else if (/\s/.test(letter)) {
      if (begun) words.push(word);
      word = '';
      begun = false;
    } else {
      word += letter;
      begun = true;
    }
  }
  return [...words, word];
}
