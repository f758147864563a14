/** Jinja2's words for a template that ends inside a block. */
export function unexpectedEndMessage(ends: readonly string[], openTag: string): string {
  return `Unexpected end of template. ${lookingFor(ends)} ${innermost(openTag)}`;
}

/**
 * Jinja2's words for a tag that does not exist or stands in the wrong place. `ends` are the tags that the innermost
 * open block waits for; `misplaced` says that an outer one waits for this tag.
 */
export function unknownTagMessage(
  tag: string,
  ends: readonly string[],
  misplaced: boolean,
  openTag: string | null,
): string {
  let message = `Encountered unknown tag '${tag}'.`;
  if (misplaced) {
    const looking = `Jinja is expecting this tag, but currently looking for ${quoted(ends)}.`;
    message += ` You probably made a nesting mistake. ${looking}`;
  } else if (ends.length > 0) message += ` ${lookingFor(ends)}`;
  return openTag === null ? message : `${message} ${innermost(openTag)}`;
}

const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(' or ');

function lookingFor(ends: readonly string[]): string {
  return `Jinja was looking for the following tags: ${quoted(ends)}.`;
}

function innermost(tag: string): string {
  return `The innermost block that needs to be closed is '${tag}'.`;
}
