import { didYouMean } from '../core/nearest.ts';
import type { Body, Branch, Expression, MacroDefinition, MacroTag, Statement, Target } from './ast.ts';
import { unknownFilterOrTest } from './errors.ts';
import { filters } from './filters/index.ts';
import type { Lexer } from './lexer.ts';
import { ExpressionParser, noReads } from './parse-expression.ts';
import { type MacroHead, macroHead, parameters } from './parse-macro-head.ts';
import { unexpectedEndMessage, unknownTagMessage } from './tag-messages.ts';
import { tests } from './tests.ts';
import { expectOperator, failExpected, skipName, skipOperator } from './tokens.ts';

/** A tag whose end tag has not come yet. */
interface OpenTag {
  readonly tag: string;
  readonly start: number;
  readonly end: number;
}

/** Tags that begin a statement, for `did you mean`. */
const tags = [
  'call',
  'do',
  'docs',
  'filter',
  'for',
  'if',
  'macro',
  'materialization',
  'raw',
  'set',
  'test',
  'with',
];

/** Tags of Jinja2 that need a template loader, HTML or translations; dbt projects have none of these. */
const unsupportedTags: ReadonlySet<string> = new Set([
  'include',
  'import',
  'from',
  'extends',
  'block',
  'autoescape',
  'trans',
]);

const branchEnds = ['elif', 'else', 'endif'];
const loopEnds = ['endfor', 'else'];

/** Jinja2's statements and dbt's block tags. */
export class StatementParser {
  readonly #lexer: Lexer;
  readonly #expressions: ExpressionParser;
  /** From the outermost to the innermost. */
  readonly #open: OpenTag[] = [];
  /** What each open body waits for. */
  readonly #awaited: (readonly string[])[] = [];
  #loops = 0;

  constructor(lexer: Lexer) {
    this.#lexer = lexer;
    this.#expressions = new ExpressionParser(lexer);
  }

  template(): Body {
    this.#lexer.next();
    const body = this.#body(null);
    const unknown = this.#expressions.findings.unknown[0];
    if (unknown !== undefined) {
      const { what, name, start, end } = unknown;
      const known = what === 'filter' ? filters : tests;
      throw unknownFilterOrTest(what, name, known.keys(), this.#lexer.span(start, end));
    }
    return body;
  }

  /** Statements up to one of the end tags, whose name is then the current token; to the end without end tags. */
  #body(ends: readonly string[] | null): Body {
    const lexer = this.#lexer;
    const out: Statement[] = [];
    if (ends !== null) this.#awaited.push(ends);
    for (;;) {
      switch (lexer.type) {
        case 'data':
          out.push({ kind: 'data', text: lexer.text, start: lexer.start, end: lexer.end });
          lexer.next();
          break;
        case 'output-begin': {
          const { start } = lexer;
          lexer.next();
          const value = this.#expressions.tuple();
          if (!lexer.is('output-end')) failExpected(lexer, 'end of print statement');
          out.push({ kind: 'output', value, start, end: lexer.end });
          lexer.next();
          break;
        }
        case 'block-begin': {
          const { start } = lexer;
          lexer.next();
          if (ends !== null && lexer.is('name') && ends.includes(lexer.text)) {
            this.#awaited.pop();
            return out;
          }
          this.#statement(start, out);
          this.#blockEnd();
          break;
        }
        default:
          if (ends !== null) this.#unexpectedEnd(ends);
          return out;
      }
    }
  }

  #blockEnd(): void {
    if (this.#lexer.type !== 'block-end') failExpected(this.#lexer, 'end of statement block');
    this.#lexer.next();
  }

  /** The body that follows the head of a tag. */
  #block(ends: readonly string[]): Body {
    skipOperator(this.#lexer, ':');
    this.#blockEnd();
    return this.#body(ends);
  }

  /** The body of a tag with one end tag, whose name is skipped. */
  #wholeBlock(end: string): Body {
    const body = this.#block([end]);
    this.#lexer.next();
    return body;
  }

  /** As `#wholeBlock`, where Jinja2 checks filter names again even inside an `if`. */
  #strictBlock(end: string): Body {
    const expressions = this.#expressions;
    const { lenient } = expressions.findings;
    expressions.findings.lenient = false;
    const body = this.#wholeBlock(end);
    expressions.findings.lenient = lenient;
    return body;
  }

  #statement(start: number, out: Statement[]): void {
    const lexer = this.#lexer;
    if (lexer.type !== 'name') lexer.fail('tag name expected');
    const tag = lexer.text;
    this.#open.push({ tag, start, end: lexer.end });
    this.#tag(tag, start, out);
    this.#open.pop();
  }

  #tag(tag: string, start: number, out: Statement[]): void {
    const lexer = this.#lexer;
    const expressions = this.#expressions;
    switch (tag) {
      case 'if':
        lexer.next();
        out.push(this.#if(start));
        return;
      case 'for':
        lexer.next();
        out.push(this.#for(start));
        return;
      case 'set':
        lexer.next();
        out.push(this.#set(start));
        return;
      case 'do': {
        lexer.next();
        const value = expressions.tuple();
        out.push({ kind: 'do', value, start, end: lexer.end });
        return;
      }
      case 'macro':
      case 'test':
      case 'snapshot':
      case 'docs':
      case 'materialization':
        lexer.next();
        out.push(this.#macro(macroHead(expressions, tag), tag, start));
        return;
      case 'call':
        lexer.next();
        out.push(this.#call(start));
        return;
      case 'filter': {
        lexer.next();
        const filter = expressions.blockFilters(true);
        out.push({
          kind: 'filter-block',
          filter,
          body: this.#strictBlock('endfilter'),
          start,
          end: lexer.end,
        });
        return;
      }
      case 'with':
        lexer.next();
        out.push(this.#with(start));
        return;
      case 'break':
      case 'continue':
        if (this.#loops === 0) lexer.fail(`'${tag}' outside loop`);
        lexer.next();
        out.push({ kind: tag, start, end: lexer.end });
        return;
      case 'print':
        lexer.next();
        this.#print(start, out);
        return;
    }
    this.#unknownTag(tag);
  }

  #if(start: number): Statement {
    const lexer = this.#lexer;
    const expressions = this.#expressions;
    const { lenient } = expressions.findings;
    expressions.findings.lenient = true;
    const branches = [this.#branch()];
    let otherwise: Body | null = null;
    while (lexer.text === 'elif') {
      lexer.next();
      branches.push(this.#branch());
    }
    if (lexer.text === 'else') {
      lexer.next();
      otherwise = this.#block(['endif']);
    }
    lexer.next();
    expressions.findings.lenient = lenient;
    return { kind: 'if', branches, otherwise, start, end: lexer.end };
  }

  #branch(): Branch {
    const test = this.#expressions.unconditionalTuple();
    return { test, body: this.#block(branchEnds) };
  }

  #for(start: number): Statement {
    const lexer = this.#lexer;
    const expressions = this.#expressions;
    const target = expressions.target(false);
    if (!skipName(lexer, 'in')) failExpected(lexer, 'in');
    const { lenient } = expressions.findings;
    expressions.findings.lenient = false;
    const iterable = expressions.unconditionalTuple('recursive');
    const test = skipName(lexer, 'if') ? expressions.expression() : null;
    const recursive = skipName(lexer, 'recursive');
    this.#loops += 1;
    const body = this.#block(loopEnds);
    this.#loops -= 1;
    let otherwise: Body | null = null;
    if (lexer.text === 'else') {
      lexer.next();
      otherwise = this.#block(['endfor']);
    }
    lexer.next();
    expressions.findings.lenient = lenient;
    return { kind: 'for', target, iterable, test, recursive, body, otherwise, start, end: lexer.end };
  }

  #set(start: number): Statement {
    const lexer = this.#lexer;
    const expressions = this.#expressions;
    const target = expressions.target(true);
    if (skipOperator(lexer, '=')) {
      const value = expressions.tuple();
      return { kind: 'set', target, value, start, end: lexer.end };
    }
    const filter = lexer.is('|') ? expressions.blockFilters(false) : null;
    const body = this.#strictBlock('endset');
    return { kind: 'set-block', target, filter, body, start, end: lexer.end };
  }

  #with(start: number): Statement {
    const lexer = this.#lexer;
    const expressions = this.#expressions;
    const targets: Target[] = [];
    const values: Expression[] = [];
    while (lexer.type !== 'block-end') {
      if (targets.length > 0) expectOperator(lexer, ',');
      targets.push(expressions.target(false));
      expectOperator(lexer, '=');
      values.push(expressions.expression());
    }
    const body = this.#strictBlock('endwith');
    return { kind: 'with', targets, values, body, start, end: lexer.end };
  }

  #print(start: number, out: Statement[]): void {
    const lexer = this.#lexer;
    for (let first = true; lexer.type !== 'block-end'; first = false) {
      if (!first) expectOperator(lexer, ',');
      const value = this.#expressions.expression();
      out.push({ kind: 'output', value, start, end: value.end });
    }
  }

  #call(start: number): Statement {
    const lexer = this.#lexer;
    const expressions = this.#expressions;
    const own = lexer.is('(') ? parameters(expressions) : [];
    const call = expressions.expression();
    if (call.kind !== 'call') return lexer.fail('expected call', call.start, call.end);
    const caller = this.#macro({ name: 'caller', parameters: own, endTag: 'endcall' }, 'caller', start);
    return { kind: 'call-block', call, caller, start, end: lexer.end };
  }

  #macro(head: MacroHead, tag: MacroTag, start: number): MacroDefinition {
    const { findings } = this.#expressions;
    const outerReads = findings.reads;
    const outerLoops = this.#loops;
    const reads = noReads();
    findings.reads = reads;
    this.#loops = 0;
    const body = this.#strictBlock(head.endTag);
    this.#loops = outerLoops;
    findings.reads = outerReads;
    outerReads.caller ||= reads.caller;
    outerReads.kwargs ||= reads.kwargs;
    outerReads.varargs ||= reads.varargs;
    return {
      kind: 'macro',
      tag,
      name: head.name,
      parameters: head.parameters,
      readsCaller: reads.caller,
      readsKwargs: reads.kwargs,
      readsVarargs: reads.varargs,
      body,
      start,
      end: this.#lexer.end,
    };
  }

  #unexpectedEnd(ends: readonly string[]): never {
    const { tag, start, end } = this.#open.at(-1)!;
    this.#lexer.fail(unexpectedEndMessage(ends, tag), start, end);
  }

  #unknownTag(tag: string): never {
    const lexer = this.#lexer;
    if (unsupportedTags.has(tag)) {
      const hint = 'dbt projects have no template loader; share text through macros';
      return lexer.fail(`the tag '${tag}' is not supported`, lexer.start, lexer.end, hint);
    }
    const ends = this.#awaited.at(-1) ?? [];
    const misplaced = this.#awaited.some((each) => each.includes(tag));
    const message = unknownTagMessage(tag, ends, misplaced, this.#open.at(-2)?.tag ?? null);
    return lexer.fail(
      message,
      lexer.start,
      lexer.end,
      misplaced ? null : didYouMean(tag, [...tags, ...ends]),
    );
  }
}
