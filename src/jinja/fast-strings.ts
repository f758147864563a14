/**
 * Keeps the methods of strings fast in this process. An object that inherits from `String.prototype`, which nunjucks
 * makes when it is imported, turns the prototype into a hash table in V8 before Node 22, and every `charCodeAt` takes
 * six times as long. A prototype that V8 has seen in use is kept fast for good; it looks at uses only in code that
 * ran a few hundred times.
 */
export function keepStringsFast(): void {
  const inherits = Object.create(String.prototype) as string;
  for (let use = 0; use < 1000; use += 1) read(inherits);
}

function read(text: string): unknown {
  return text.charCodeAt;
}
