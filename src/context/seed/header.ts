/**
 * Column names of a header, as dbt makes them usable: an empty name becomes the letter of its place (`c` for the third,
 * `cc` for the 29th), a repeated one gets a number (`id_2`).
 */
export function columnNames(header: readonly string[]): string[] {
  const taken = new Set<string>();
  return header.map((given, index) => {
    const name = given === '' ? letterName(index) : given;
    let unique = name;
    for (let count = 2; taken.has(unique); count += 1) unique = `${name}_${count}`;
    taken.add(unique);
    return unique;
  });
}

export function letterName(index: number): string {
  return String.fromCharCode(97 + (index % 26)).repeat(Math.floor(index / 26) + 1);
}
