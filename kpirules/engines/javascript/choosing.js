// The variant and edition that rate a subject.

const RATERS = PARTS.map((part) => ({
  ...rater(part),
  from: part.from ? dayNumber(part.from) : -Infinity,
  until: part.until ? dayNumber(part.until) : Infinity,
}));

/**
 * Rate a subject.
 * @param {Subject} subject its values by input; a number is a number, a BigInt or a text such as "12.5"
 * @param {{language?: string}} [options] the language of messages
 * @returns {Rated | Refused}
 */
export function assess(subject, { language = "en" } = {}) {
  if (!CHOICE.inputs.length) return RATERS[0].assess(subject, language);
  const reading = new Reading();
  const part = chosen(subject, reading);
  if (!part) return refused([...reading.problems, ...reading.missing], language);
  return part.assess(ownOf(part, subject), language);
}

// The part that a subject chooses, or null.
function chosen(subject, reading) {
  const { inputs, variant_by: variantBy, edition_by: editionBy } = CHOICE;
  const values = reading.values(inputs, choosing(subject), "", reading.missing);
  if (reading.problems.length || reading.missing.length) return null;
  const value = (id) => values[inputs.findIndex((input) => input.id === id)];
  const fitting = RATERS.filter(({ about }) => !variantBy || about.variant === value(variantBy));
  if (!editionBy) return fitting[0];
  const day = value(editionBy);
  const found = fitting.find(({ from, until }) => from <= day && day < until);
  if (!found) {
    const words = worded("problem_KR536", { day: dayText(day) });
    reading.problems.push({ path: editionBy, code: "KR536", words });
  }
  return found ?? null;
}

// The values that choose a part.
function choosing(subject) {
  if (!isObject(subject)) return subject;
  const found = {};
  for (const { id, column } of CHOICE.inputs) {
    const name = column !== undefined && !Object.hasOwn(subject, id) ? column : id;
    if (Object.hasOwn(subject, name)) found[id] = subject[name];
  }
  return found;
}

// A subject by the names of a part, without absent values of other parts.
function ownOf({ INPUTS }, subject) {
  const own = namesOf(INPUTS);
  const found = Object.create(null); // so that a value by the name `__proto__` is one, too
  for (const [name, value] of Object.entries(subject)) {
    const isOther = !own.has(name);
    if (isOther && (value === null || value === undefined) && CHOICE.names.includes(name)) continue;
    const id = isOther && Object.hasOwn(CHOICE.columns, name) ? CHOICE.columns[name] : name;
    found[own.has(id) && !Object.hasOwn(subject, id) ? id : name] = value;
  }
  return found;
}
