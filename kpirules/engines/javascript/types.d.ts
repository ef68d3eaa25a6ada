/** A number: a Number means its shortest text (0.1 is one tenth); a text is "12.5", "1e3" or "385/6". */
export type Exact = number | bigint | string;

/** A day as YYYY-MM-DD. */
export type Day = string;

/** An exact number as a text: a decimal if it ends, else a quotient such as "385/6". */
export type ExactText = string;

export type Value = ExactText | boolean | string | null;

export interface Limits {
  kind: "number" | "integer" | "boolean" | "choice" | "date" | "text" | "list";
  min?: string;
  max?: string;
  above?: string;
  below?: string;
  step?: string;
  decimals?: number;
  options?: string[];
  max_length?: number;
  min_items?: number;
  max_items?: number;
  unit?: string;
  is_required: boolean;
}

export interface Problem {
  /** The input, such as `tasks[0].completed`; of a fault, the part of the rulebook. */
  path: string;
  /** KR60x: the input is not valid; KR62x: a formula has no value. */
  code: string;
  message: string;
  limits?: Limits;
}

export interface Margin {
  up: ExactText | null;
  down: ExactText | null;
  rounding_decided: boolean;
  better: Band | "";
  worse: Band | "";
  is_up_open: boolean;
  is_down_open: boolean;
}

export interface Outcome {
  outcome: "scored" | "excluded" | "missing";
  why: string;
  row: string;
}

export interface Rated {
  ok: true;
  variant: string;
  edition: string;
  scoring_hash: string;
  status: string;
  score: ExactText | null;
  exact_score: ExactText | null;
  band: Band | null;
  margin: Margin | null;
  points: Partial<Record<CriterionId, ExactText>>;
  share: Partial<Record<CriterionId, ExactText>>;
  outcomes: Partial<Record<CriterionId, Outcome>>;
  let: Partial<Record<LetId, Value>>;
  outputs: Partial<Record<OutputId, Value>>;
  /** The overrides that fired, in the order of the rulebook. */
  overrides: OverrideId[];
  invariants: Record<string, boolean | null>;
  exemption: string | null;
  /** The inputs that took their default. */
  assumed: Record<string, Value>;
  problems: [];
}

export interface Refused {
  ok: false;
  problems: Problem[];
}

/** Rate a subject; what is wrong with it is returned, not thrown. */
export function assess(subject: Subject, options?: { language?: string }): Rated | Refused;

export interface Rulebook {
  id: string;
  title?: [tag: string, text: string][] | null;
  source: string;
  edition: string;
  variant: string;
  scoring_hash: string;
  content_hash: string;
  /** Named values, invariants, rows and reasons without a form in JavaScript, as `let.median`; no rating reads them. */
  left_out: string[];
}

/** One for each variant and edition, in the order of the rulebook. */
export const rulebooks: Rulebook[];

/** The first of them. */
export const rulebook: Rulebook;
