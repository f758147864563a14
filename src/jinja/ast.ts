import type { Value } from './values.ts';

/** Offsets into the whole file's text; `end` is exclusive. */
export interface Place {
  readonly start: number;
  readonly end: number;
}

export type Expression =
  | Constant
  | Name
  | Sequence
  | DictLiteral
  | Attribute
  | Item
  | Slice
  | Call
  | FilterUse
  | TestUse
  | Conditional
  | Logical
  | Unary
  | Concat
  | Binary
  | Comparison;

export interface Constant extends Place {
  readonly kind: 'constant';
  readonly value: Value;
}

export interface Name extends Place {
  readonly kind: 'name';
  readonly name: string;
}

export interface Sequence extends Place {
  readonly kind: 'list' | 'tuple';
  readonly items: readonly Expression[];
}

/** Keys and values in turn: key, value, key, value. */
export interface DictLiteral extends Place {
  readonly kind: 'dict';
  readonly items: readonly Expression[];
}

export interface Attribute extends Place {
  readonly kind: 'attribute';
  readonly object: Expression;
  readonly name: string;
  /** Where the name stands; `start` is the object's. */
  readonly nameStart: number;
}

export interface Item extends Place {
  readonly kind: 'item';
  readonly object: Expression;
  readonly key: Expression | Slice;
}

/** Only ever the key of an item. */
export interface Slice extends Place {
  readonly kind: 'slice';
  readonly from: Expression | null;
  readonly to: Expression | null;
  readonly step: Expression | null;
}

export interface Keyword extends Place {
  readonly name: string;
  readonly value: Expression;
}

/** What stands between the parentheses of a call, a filter or a test. */
export interface Arguments {
  readonly positional: readonly Expression[];
  readonly keywords: readonly Keyword[];
  /** `*value`, after the positional ones. */
  readonly rest: Expression | null;
  /** `**value`, after the keywords. */
  readonly keywordRest: Expression | null;
}

export interface Call extends Place {
  readonly kind: 'call';
  readonly callee: Expression;
  readonly args: Arguments;
}

export interface FilterUse extends Place {
  readonly kind: 'filter';
  readonly object: Expression;
  readonly name: string;
  readonly nameStart: number;
  readonly args: Arguments;
}

export interface TestUse extends Place {
  readonly kind: 'test';
  readonly object: Expression;
  readonly name: string;
  readonly nameStart: number;
  readonly args: Arguments;
}

/** `whenTrue if test else whenFalse`. */
export interface Conditional extends Place {
  readonly kind: 'conditional';
  readonly test: Expression;
  readonly whenTrue: Expression;
  readonly whenFalse: Expression | null;
}

export interface Logical extends Place {
  readonly kind: 'and' | 'or';
  readonly left: Expression;
  readonly right: Expression;
}

export interface Unary extends Place {
  readonly kind: 'not' | 'negative' | 'positive';
  readonly operand: Expression;
}

/** `a ~ b ~ c`. */
export interface Concat extends Place {
  readonly kind: 'concat';
  readonly items: readonly Expression[];
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '//' | '%' | '**';

export interface Binary extends Place {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export type ComparisonOperator = '==' | '!=' | '<' | '<=' | '>' | '>=' | 'in' | 'not in';

/** `a < b <= c`: `operators[i]` stands between `operands[i]` and `operands[i + 1]`. */
export interface Comparison extends Place {
  readonly kind: 'comparison';
  readonly operands: readonly Expression[];
  readonly operators: readonly ComparisonOperator[];
}

export type Target = NameTarget | NamespaceTarget | TupleTarget;

export interface NameTarget extends Place {
  readonly kind: 'name';
  readonly name: string;
}

/** `ns.attribute` on the left of `set`. */
export interface NamespaceTarget extends Place {
  readonly kind: 'namespace';
  readonly name: string;
  readonly attribute: string;
}

export interface TupleTarget extends Place {
  readonly kind: 'tuple';
  readonly items: readonly Target[];
}

export type Body = readonly Statement[];

export type Statement =
  | Data
  | Output
  | Do
  | Assignment
  | SetBlock
  | If
  | For
  | With
  | FilterBlock
  | CallBlock
  | MacroDefinition
  | LoopControl;

/** Literal text. */
export interface Data extends Place {
  readonly kind: 'data';
  readonly text: string;
}

export interface Output extends Place {
  readonly kind: 'output';
  readonly value: Expression;
}

export interface Do extends Place {
  readonly kind: 'do';
  readonly value: Expression;
}

export interface Assignment extends Place {
  readonly kind: 'set';
  readonly target: Target;
  readonly value: Expression;
}

/** `set x` or `set x | filter` with a body; the innermost object of the filter chain is `captured`. */
export interface SetBlock extends Place {
  readonly kind: 'set-block';
  readonly target: Target;
  readonly filter: FilterUse | null;
  readonly body: Body;
}

export interface If extends Place {
  readonly kind: 'if';
  readonly branches: readonly Branch[];
  readonly otherwise: Body | null;
}

export interface Branch {
  readonly test: Expression;
  readonly body: Body;
}

export interface For extends Place {
  readonly kind: 'for';
  readonly target: Target;
  readonly iterable: Expression;
  readonly test: Expression | null;
  readonly recursive: boolean;
  readonly body: Body;
  readonly otherwise: Body | null;
}

export interface With extends Place {
  readonly kind: 'with';
  readonly targets: readonly Target[];
  readonly values: readonly Expression[];
  readonly body: Body;
}

export interface FilterBlock extends Place {
  readonly kind: 'filter-block';
  readonly filter: FilterUse;
  readonly body: Body;
}

/** The body is a macro named `caller` that the called macro receives. */
export interface CallBlock extends Place {
  readonly kind: 'call-block';
  readonly call: Call;
  readonly caller: MacroDefinition;
}

export interface LoopControl extends Place {
  readonly kind: 'break' | 'continue';
}

export type MacroTag =
  | 'macro'
  | 'test'
  | 'materialization'
  | 'snapshot'
  | 'docs'
  /** The body of a call block. */
  | 'caller';

export interface MacroDefinition extends Place {
  readonly kind: 'macro';
  readonly tag: MacroTag;
  /** The name it is called by: `test_unique` for `{% test unique %}`, `materialization_view_default`, ... */
  readonly name: string;
  readonly parameters: readonly MacroParameter[];
  /** Whether the body reads the special names, which decides what a call may pass. */
  readonly readsCaller: boolean;
  readonly readsKwargs: boolean;
  readonly readsVarargs: boolean;
  readonly body: Body;
}

export interface MacroParameter extends Place {
  readonly name: string;
  /** The type annotation as written, null where there is none. It is checked by nobody. */
  readonly type: string | null;
  readonly fallback: Expression | null;
}

/** What stands for the captured text as the object of a block's first filter. */
export const captured: Constant = { kind: 'constant', value: '', start: 0, end: 0 };

export const noArguments: Arguments = { positional: [], keywords: [], rest: null, keywordRest: null };
