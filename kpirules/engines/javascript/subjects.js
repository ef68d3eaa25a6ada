// Reads a subject: its values, or all that is wrong with them.

const DIGITS = 18;
const END = 10n ** 18n;

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

class Refused extends Error {}

// The inputs by all their names.
const NAMES = new Map();

function namesOf(declared) {
  if (!NAMES.has(declared)) {
    NAMES.set(declared, new Map(declared.flatMap((input) => [input.id, input.column].map((name) => [name, input]))));
    NAMES.get(declared).delete(undefined);
  }
  return NAMES.get(declared);
}

function label(words, language) {
  if (!words) return "";
  const wanted = String(language ?? "").toLowerCase();
  for (let tag = wanted; tag; tag = tag.slice(0, Math.max(tag.lastIndexOf("-"), 0))) {
    const found = words.find(([own]) => own.toLowerCase() === tag);
    if (found) return found[1];
  }
  const near = wanted && words.find(([own]) => own.toLowerCase().startsWith(`${wanted}-`));
  return (near || words[0])[1];
}

function phrase(key, parts, language) {
  const tag = String(language ?? "")
    .toLowerCase()
    .split("-")[0];
  const phrases = Object.hasOwn(PHRASES, tag) ? PHRASES[tag] : PHRASES.en;
  return phrases[key].replace(/\{(\w+)\}/g, (_, name) => {
    const part = parts[name];
    return typeof part === "function" ? part(language) : String(part);
  });
}

const worded =
  (key, parts = {}) =>
  (language) =>
    phrase(key, parts, language);

const nameOf = (input) => (language) => label(input.label, language) || input.id.replaceAll("_", " ");

const shortened = (shown) => (shown.length > 80 ? `${shown.slice(0, 79)}…` : shown);

const grouped = (count) => String(count).replace(/\B(?=(\d{3})+(?!\d))/g, ",");

function kindOf(value) {
  if (typeof value === "string") return worded("problem_found_text", { text: shortened(value) });
  if (typeof value === "boolean") return worded(value ? "problem_found_true" : "problem_found_false");
  if (typeof value === "number" && !Number.isFinite(value)) {
    return worded("problem_found_no_number", { text: String(value) });
  }
  const number = exact(value);
  if (number) return worded("problem_found_number", { text: shortened(text(number)) });
  if (Array.isArray(value)) return worded("problem_found_list", { count: grouped(value.length) });
  if (isObject(value)) return worded("problem_found_mapping");
  return worded("problem_found_other", { text: typeof value });
}

class Reading {
  constructor() {
    this.problems = [];
    this.missing = [];
    this.assumed = {};
    this.unknown = new Set();
    this.partial = {};
  }

  values(declared, subject, path, missing) {
    const own = path ? `${path}.` : "";
    if (!isObject(subject)) {
      this.problems.push({ path, code: "KR600", words: worded("problem_KR600", { found: kindOf(subject) }) });
      return null;
    }
    const names = namesOf(declared);
    const isTwice = (name) => name !== names.get(name).id && Object.hasOwn(subject, names.get(name).id);
    for (const name of Object.keys(subject)
      .filter((one) => !names.has(one) || isTwice(one))
      .sort()) {
      const input = names.get(name);
      if (!input) {
        const shown = name.length > 120 ? `${name.slice(0, 120)}…` : name;
        const words = worded("problem_KR601", { name: shortened(name) });
        this.problems.push({ path: own + shown, code: "KR601", words });
      } else {
        const words = worded("problem_twice", { name, twin: input.id });
        this.problems.push({ path: own + name, code: "KR601", words });
      }
    }
    return declared.map((input) => {
      let value = Object.hasOwn(subject, input.id) ? subject[input.id] : undefined;
      if (value === undefined && input.column && Object.hasOwn(subject, input.column)) value = subject[input.column];
      return this.one(input, value ?? null, own + input.id, missing, path);
    });
  }

  one(input, value, path, missing, inside) {
    if (value === null && input.default !== undefined) {
      this.assumed[path] = input.default;
      value = input.default;
    }
    if (value === null) {
      if (input.limits.is_required) {
        missing.push(this.problem("KR602", input, path, {}));
        this.lost(input, path, inside);
      }
      return null;
    }
    try {
      return this.valid(input, value, path);
    } catch (refused) {
      if (!(refused instanceof Refused)) throw refused;
      this.lost(input, path, inside);
      return null;
    }
  }

  lost(input, path, inside) {
    this.unknown.add(inside ? path : input.id);
  }

  problem(code, input, path, parts) {
    const record = /\[(\d+)\]/.exec(path);
    let named = nameOf(input);
    if (record) named = worded("problem_in_record", { label: named, number: String(Number(record[1]) + 1) });
    return { path, code, limits: input.limits, words: worded(`problem_${code}`, { label: named, ...parts }) };
  }

  wrongKind(input, value, path, found = kindOf(value)) {
    const expected = worded(`problem_expected_${input.limits.kind}`);
    this.problems.push(this.problem("KR603", input, path, { found, expected }));
    throw new Refused();
  }

  outside(input, path, value, problem) {
    this.problems.push(this.problem("KR604", input, path, { value, problem }));
    throw new Refused();
  }

  valid(input, value, path) {
    switch (input.limits.kind) {
      case "number":
      case "integer":
        return this.number(input, value, path);
      case "boolean":
        if (typeof value === "boolean") return value;
        break;
      case "choice":
        if (typeof value === "string") {
          if (input.limits.options.includes(value)) return value;
          this.outside(input, path, `"${shortened(value)}"`, worded("problem_no_option"));
        }
        break;
      case "text":
        if (typeof value === "string") return this.text(input, value, path);
        break;
      case "date":
        return this.day(input, value, path);
      default:
        return this.records(input, value, path);
    }
    return this.wrongKind(input, value, path);
  }

  text(input, value, path) {
    const half = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.exec(value);
    if (half) {
      const code = `U+${half[0].charCodeAt(0).toString(16).toUpperCase()}`;
      this.wrongKind(input, value, path, worded("problem_found_half", { code }));
    }
    const count = [...value].length;
    if (count > input.limits.max_length) {
      this.outside(input, path, worded("problem_length", { count: grouped(count) }), worded("problem_too_long"));
    }
    return value;
  }

  number(input, value, path) {
    const number = exact(value);
    if (!number || typeof value === "boolean") this.wrongKind(input, value, path);
    const problem = beyond(input.limits, number);
    if (problem) this.outside(input, path, shortened(text(number)), problem);
    // Whole multiples of the unit that all numbers of the input share.
    return (number[0] * BigInt(input.denominator)) / number[1];
  }

  day(input, value, path) {
    const day = typeof value === "string" ? dayNumber(value) : null;
    if (day === null) this.wrongKind(input, value, path);
    const { min, max } = input.limits;
    if (min !== undefined && value < min) this.outside(input, path, value, worded("problem_before", { limit: min }));
    if (max !== undefined && value > max) this.outside(input, path, value, worded("problem_after", { limit: max }));
    return day;
  }

  records(input, value, path) {
    if (!Array.isArray(value)) this.wrongKind(input, value, path);
    const before = this.problems.length;
    const { min_items: least, max_items: most } = input.limits;
    if (value.length < least || value.length > most) {
      const counts = { found: value.length, least, most };
      for (const name in counts) counts[name] = grouped(counts[name]);
      this.problems.push(this.problem("KR608", input, path, counts));
    }
    const read = value.slice(0, most).map((one, at) => this.values(input.fields, one, `${path}[${at}]`, this.problems));
    if (input.unique?.length) this.repeated(input, read, path);
    if (this.problems.length > before) {
      this.partial[input.id] = read;
      throw new Refused();
    }
    return read;
  }

  repeated(input, read, path) {
    const places = input.unique.map((id) => input.fields.findIndex((field) => field.id === id));
    const seen = new Map();
    read.forEach((one, at) => {
      if (!one || input.unique.some((id) => this.unknown.has(`${path}[${at}].${id}`))) return;
      const key = JSON.stringify(places.map((place) => String(one[place])));
      if (seen.has(key)) {
        const labels = input.fields.filter((field) => input.unique.includes(field.id)).map(nameOf);
        const joined = labels.reduce((first, last) => worded("problem_list", { first, last }));
        const words = worded("problem_KR607", { label: joined, first: String(seen.get(key) + 1) });
        this.problems.push({ path: `${path}[${at}]`, code: "KR607", words });
      } else seen.set(key, at);
    });
  }
}

// What is wrong with a number, or null.
function beyond(limits, number) {
  const end = (name) => (limits[name] === undefined ? null : constant(limits[name]));
  const [min, max, above, below] = ["min", "max", "above", "below"].map(end);
  if (min && compare(number, min) < 0) return worded("problem_below", { limit: limits.min });
  if (max && compare(number, max) > 0) return worded("problem_above", { limit: limits.max });
  if (above && compare(number, above) <= 0) return worded("problem_not_above", { limit: limits.above });
  if (below && compare(number, below) >= 0) return worded("problem_not_below", { limit: limits.below });
  const [n, d] = number;
  if ((!min && !above && n <= -END * d) || (!max && !below && n >= END * d)) {
    return worded("problem_too_large", { count: String(DIGITS) });
  }
  if (limits.kind === "integer" && d !== 1n) return worded("problem_not_whole");
  if (limits.step !== undefined) {
    const [a, b] = constant(limits.step);
    if ((n * b) % (d * a) !== 0n) return worded("problem_no_multiple", { step: limits.step });
  }
  const decimals = limits.decimals ?? DIGITS;
  if (10n ** BigInt(decimals) % d === 0n) return null;
  return worded(decimals === 1 ? "problem_decimal" : "problem_decimals", { count: String(decimals) });
}
