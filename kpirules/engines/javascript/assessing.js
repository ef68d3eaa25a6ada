// Rates a subject by the functions printed from the rules.

const FAULTS = {
  division: "KR620",
  domain: "KR621",
  date: "KR622",
  calendar: "KR623",
  scale: "KR624",
  no_case: "KR624",
  several: "KR624",
  points: "KR625",
};

// The steps that an `undefined` row may end, after the criteria.
const OPEN = ["exemptions", "limits", "bands", "overrides", "outputs"];

const refused = (problems, language) => ({
  ok: false,
  problems: problems.map(({ path, code, limits, words }) => ({
    path,
    code,
    message: words(language),
    ...(limits ? { limits } : {}),
  })),
});

const faulted = ([path, kind], language) =>
  refused([{ path, code: FAULTS[kind], words: worded(`problem_${FAULTS[kind]}`) }], language);

// The rules of one variant and edition as a function that rates a subject.
function rater(rules) {
  const { KEYS, REFUSALS, GATES, ASKED, EXEMPT_FAULTS, INPUTS, BANDS, CRITERIA, rate, exempt, asked } = rules;

  const ENDS = BANDS.map(ends);
  const HEADS = KEYS.map((key) => [key.split(".", 1)[0], key.slice(key.split(".", 1)[0].length + 1)]);
  const PLACES = new Map(KEYS.map((key, at) => [key, at]));

  // Each criterion with the places of its points, its state, the reason of that and its row.
  const PLACED = CRITERIA.map((one) => [
    one,
    ...["points", "outcome", "why", "row"].map((kind) => PLACES.get(`${kind}.${one.id}`)),
  ]);

  function valueOf(values, key) {
    const at = PLACES.get(key);
    return at === undefined ? undefined : values[at];
  }

  function assess(subject, language) {
    const reading = new Reading();
    const x = reading.values(INPUTS, subject, "", reading.missing);
    if (x === null) return refused(reading.problems, language);
    if (!reading.problems.length && !reading.missing.length) {
      const found = rate(x);
      if (typeof found !== "number") return rated(found, reading);
    }
    return unrated(x, reading, language);
  }

  // The rating of a subject that may be exempt, or else all its problems.
  function unrated(x, reading, language) {
    const outcome = exempted(x, reading);
    if (outcome !== null && !reading.problems.length) {
      return typeof outcome === "number" ? faulted(EXEMPT_FAULTS[outcome], language) : rated(outcome, reading);
    }
    const problems = [...reading.problems];
    let fault = null;
    if (outcome === null) {
      problems.push(...reading.missing);
      for (const gate of [...GATES].sort((a, b) => Number(!a.records) - Number(!b.records))) {
        for (const [path, refusal] of gated(gate, x, reading)) {
          if (refusal[1]) fault ??= refusal;
          else problems.push(gate.entered ? enteredProblem(gate, x, reading) : failedValidation(gate, path));
        }
      }
    }
    if (problems.length) return refused(problems, language);
    if (fault) return faulted(fault, language);
    return faulted(REFUSALS[rate(x)], language);
  }

  // The results if an exemption ends the assessment, or the index of the fault of one; null if none does, or a
  // condition reads a value that is missing or not valid.
  function exempted(x, reading) {
    if (!exempt) return null;
    const found = exempt(x);
    const isFault = typeof found === "number";
    if (isFault ? reading.problems.length : !found) return null;
    const flags = asked(x);
    if (ASKED.some((name, at) => flags[at] && reading.unknown.has(name))) return null;
    return isFault ? found : rate(x);
  }

  // The refusals of a check of the inputs, each with its path; of values that are missing or not valid nothing is
  // asked.
  function* gated(gate, x, reading) {
    const place = INPUTS.findIndex((input) => input.id === gate.records);
    const isLost = (name) => reading.unknown.has(name) && name !== gate.records;
    if (gate.reads.some(isLost)) return;
    if (place < 0) {
      const found = gate.run(x);
      if (typeof found === "number") yield ["", gate.refusals[found]];
      return;
    }
    const records = x[place] ?? reading.partial[gate.records] ?? [];
    for (const [at, one] of records.entries()) {
      const path = `${gate.records}[${at}]`;
      const own = gate.reads.map((name) => name.replace(`${gate.records}.`, `${path}.`));
      if (one === null || own.some(isLost)) continue;
      const found = gate.run(x.with(place, [one]));
      if (typeof found === "number") yield [path, gate.refusals[found]];
    }
  }

  function failedValidation(gate, path) {
    const named = (language) => label(gate.label, language) || gate.formula;
    return { path, code: "KR605", words: worded("problem_KR605", { label: named }) };
  }

  function enteredProblem(gate, x, reading) {
    const place = INPUTS.findIndex((input) => input.id === gate.id);
    return reading.problem(x[place] === null ? "KR602" : "KR606", INPUTS[place], gate.id, {});
  }

  function rated(values, reading) {
    const found = {
      ok: true,
      variant: rules.about.variant,
      edition: rules.about.edition,
      scoring_hash: rules.about.scoring_hash,
      status: null,
      score: null,
      exact_score: null,
      band: null,
      margin: null,
      points: {},
      share: {},
      outcomes: {},
      let: {},
      outputs: {},
      overrides: [],
      invariants: {},
      exemption: null,
      assumed: reading.assumed,
      problems: [],
    };
    const shown = (value) => (Array.isArray(value) ? text(value) : value);
    values.forEach((value, at) => {
      const [head, id] = HEADS[at];
      if (value === undefined) return;
      if (head === "status") found.status = typeof value === "number" ? STATUSES[value] : value;
      else if (head === "score" || head === "exact_score") found[head] = shown(value);
      else if (head === "band") found.band = value === null ? null : BANDS[value].id;
      else if (head === "let" || (head === "outputs" && found.status === "rated")) found[head][id] = shown(value);
      else if (head === "fired" && value) found.overrides.push(id);
      else if (head === "held") found.invariants[id] = value;
      else if (head === "exempted") found.exemption = value;
    });
    const value = (key) => valueOf(values, key);
    if (value("early")) found.invariants = {};
    // The place of such a row is no plain value: it is undefined where the row is reached, else null.
    const isOpen = OPEN.some((step) => PLACES.has(`open.${step}`) && value(`open.${step}`) !== null);
    for (const [criterion, at, stateAt, whyAt, rowAt] of value("early") ? [] : PLACED) {
      if (criterion.id === "score" && isOpen) {
        found.outcomes.score = { outcome: "missing", why: "undefined", row: "" };
        continue;
      }
      const points = values[at];
      if (points && criterion.id !== "score") {
        found.points[criterion.id] = text(points);
        if (criterion.max && criterion.max !== "0") {
          const [n, d] = constant(criterion.max);
          found.share[criterion.id] = text([BigInt(points[0]) * d, BigInt(points[1]) * n]);
        }
      }
      const isScored = values[stateAt] === 0;
      found.outcomes[criterion.id] = {
        outcome: OUTCOMES[values[stateAt]],
        why: isScored ? "" : (values[whyAt] ?? ""),
        row: isScored ? (criterion.rows?.[values[rowAt] ?? 0] ?? "") : "",
      };
    }
    found.margin = margin(rules, ENDS, value("before"), value("banded_on"), value("exact_score"));
    // What pictures and explanations draw, beside the results.
    Object.defineProperty(found, "values", { value: values });
    return found;
  }

  return { ...rules, assess, valueOf };
}
