// The rating, why it is so, and what changes of the inputs would change.

function update() {
  const at = placeOf();
  if (at !== place) {
    open(at);
    fill();
  }
  answer = assess(ownValues(), { language });
  showProblems();
  showResult();
}

// A field reports a missing value once it has lost the focus.
const isTold = ({ code, path }) => code !== "KR602" || touched.has(path);

function showProblems() {
  const told = new Map();
  for (const problem of answer.problems) {
    if (!isTold(problem)) continue;
    const own = subjectValue(problem.path);
    const point = problem.code === "KR603" && /^[-+]?\d+,\d+$/.test(own ?? "");
    const words = capital(problem.message) + (point ? `. ${say("form_point", { text: own.replace(",", ".") })}` : "");
    told.set(problem.path, [...(told.get(problem.path) ?? []), words]);
  }
  for (const [path, { control, error }] of fields) {
    const words = visible((told.get(path) ?? []).join(" "));
    if (error.textContent !== words) error.textContent = words;
    if (control) {
      if (words) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
    }
  }
}

function subjectValue(path) {
  const found = /^(\w+)\[(\d+)\]\.(\w+)$/.exec(path);
  return found ? subject[found[1]]?.[found[2]]?.[found[3]] : subject[path];
}

const result = h("div", { class: "result" });
const bar = h("p", { class: "bar", "aria-hidden": "true" });
const spoken = h("p", { class: "unseen", role: "status" });
let waiting = 0;

function headline() {
  if (!answer.ok) return say("form_no_rating");
  if (answer.band !== null && answer.status === "rated") return say("rated", { band: bandName(answer.band) });
  if (answer.status === "rated") return say(answer.score === null ? "determined" : "scored");
  if (["undefined", "insufficient"].includes(answer.status)) return say(answer.status);
  return say("no_rating", { status: partName("statuses", answer.status) });
}

function showResult() {
  result.replaceChildren(...(answer.ok ? ratedParts() : refusedParts()));
  const score = answer.ok && answer.score !== null ? ` · ${shownText(answer.score)}` : "";
  bar.textContent = visible(headline() + score);
  bar.className = `bar ${tone()}`;
  clearTimeout(waiting);
  waiting = setTimeout(() => {
    if (spoken.textContent !== bar.textContent) spoken.textContent = bar.textContent;
  }, DELAY);
}

const tone = () => (answer.ok ? (answer.status === "rated" ? "good" : "bad") : "open");

function refusedParts() {
  const missing = answer.problems.filter(({ code }) => code === "KR602");
  const wrong = answer.problems.filter(({ code }) => code !== "KR602");
  const link = ({ path, message }) => {
    const target = fields.get(path)?.control;
    const words = capital(message);
    if (!target) return h("li", {}, words);
    const focus = (event) => {
      event.preventDefault();
      (target.matches("input, select, button") ? target : target.querySelector("input")).focus();
    };
    return h("li", {}, h("a", { href: `#${idOf(path)}`, onclick: focus }, words));
  };
  const some = (problems) => [
    ...problems.slice(0, 8).map(link),
    problems.length > 8 ? h("li", { class: "soft" }, `… ${problems.length - 8}`) : null,
  ];
  return [
    h("div", { class: `verdict ${tone()}` }, h("p", { class: "band" }, headline())),
    wrong.length
      ? h("section", {}, h("h3", {}, say("form_wrong", { count: wrong.length })), h("ul", {}, some(wrong)))
      : null,
    missing.length
      ? h("section", {}, h("h3", {}, say("form_needed", { count: missing.length })), h("ul", {}, some(missing)))
      : null,
  ].filter(Boolean);
}

function ratedParts() {
  const [root] = CRITERIA;
  const score =
    answer.score === null
      ? null
      : root.max !== undefined
        ? say("score_of", { score: shownText(answer.score), max: shownText(root.max) })
        : say("score", { score: shownText(answer.score) });
  const told = [...reasons(), ...marginFacts()].map((words) => h("p", { class: "fact" }, capital(words)));
  return [
    h(
      "div",
      { class: `verdict ${tone()}` },
      h("p", { class: "band" }, headline()),
      score && h("p", {}, capital(score)),
      told,
    ),
    comparison(),
    h("div", { class: "pictures" }, ladder(), waterfall()),
    criteriaTable(),
    values("outputs", answer.outputs),
    values("let", answer.let, true),
    notes(),
  ].filter(Boolean);
}

function reasons() {
  const found = [];
  if (answer.exemption !== null) {
    found.push(say("because_exemption", { exemption: partName("exemptions", answer.exemption) }));
  }
  for (const id of answer.overrides) found.push(`${say("overrides")}: ${partName("overrides", id)}`);
  if (facts.has_quotas && answer.band !== null) found.push(say("form_before_quotas"));
  return found;
}

function marginFacts() {
  const { margin } = answer;
  if (!margin) return [];
  const found = [];
  // What an override decides is not what the margins are about.
  const banded = valueOf(answer.values, "banded_on");
  const byNumber = banded && BANDS.find((band) => holds(ends(band), banded));
  const isOutranked = answer.overrides.length > 0 && byNumber?.id !== answer.band;
  const told = (way, distance, band, isInexact) => {
    const number = shownText(valueText("banded_on"));
    const key = distance === "0" ? `${way}_at` : isInexact ? `${way}_open` : way;
    const fact = say(key, { distance: shownText(distance), band: bandName(band), number });
    return isOutranked ? say(facts.has_measure ? "by_measure" : "by_score", { fact }) : fact;
  };
  // A better band that excludes its end needs more than the distance; a worse one that includes it, less.
  if (margin.up !== null) found.push(told("short_of", margin.up, margin.better, margin.is_up_open));
  if (margin.down !== null) found.push(told("clear_of", margin.down, margin.worse, !margin.is_down_open));
  if (margin.rounding_decided) found.push(say("rounding_decided"));
  return found;
}

const valueText = (key) => {
  const number = valueOf(answer.values, key);
  return number ? text(number) : null;
};

function criteriaTable() {
  const children = CRITERIA.filter((one) => one.parent);
  if (!Object.keys(answer.outcomes).length || !children.length) return null;
  const depths = new Map([["score", -1]]);
  const rows = children.map((one) => {
    depths.set(one.id, depths.get(one.parent) + 1);
    const { outcome, why, row } = answer.outcomes[one.id];
    const points = answer.points[one.id];
    const before = basis?.answer.points?.[one.id];
    const changed = points && before && points !== before ? difference(exact(points), exact(before)) : null;
    const why_ = why && Object.hasOwn(WORDS.en, `why_${why}`) && !why.startsWith("too_little") ? say(`why_${why}`) : "";
    const remarks = [
      outcome !== "scored" && say(outcome) + (why_ ? `: ${why_}` : ""),
      outcome === "scored" && one.entered && say("entered"),
      outcome === "scored" && one.formula,
      outcome === "scored" && !one.entered && row && say("row", { row }),
      one.source,
    ].filter(Boolean);
    const cell = h(
      "th",
      { scope: "row" },
      h("span", {}, capital(nameOf(one))),
      remarks.length ? h("small", { class: "soft" }, remarks.join(" · ")) : null,
    );
    cell.style.paddingInlineStart = `${depths.get(one.id) * 1.1}rem`;
    return h(
      "tr",
      { class: depths.get(one.id) === 0 ? "top" : null },
      cell,
      h(
        "td",
        { class: "amount" },
        points ? shownText(points) : "—",
        changed ? h("small", { class: changed[0] > 0n ? "up" : "down" }, signed(changed)) : null,
      ),
      h("td", { class: "of" }, one.max === undefined ? "" : `/ ${shownText(one.max)}`),
    );
  });
  return h(
    "section",
    {},
    h("h3", {}, say("criteria")),
    h(
      "table",
      { class: "points" },
      h(
        "thead",
        { class: "unseen" },
        h(
          "tr",
          {},
          ["head_criterion", "head_points", "head_out_of"].map((key) => h("th", { scope: "col" }, say(key))),
        ),
      ),
      h("tbody", {}, rows),
    ),
  );
}

function values(kind, found, isFolded = false) {
  const rows = Object.entries(found).map(([id, value]) => {
    const formula = facts.formulas[`${kind}.${id}`];
    return h(
      "tr",
      {},
      h(
        "th",
        { scope: "row" },
        h("span", {}, capital(partName(kind, id))),
        formula ? h("small", { class: "soft" }, formula) : null,
      ),
      h("td", { class: "amount" }, shownText(value)),
    );
  });
  if (!rows.length) return null;
  const table = h("table", {}, h("tbody", {}, rows));
  if (!isFolded) return h("section", {}, h("h3", {}, say(kind)), table);
  const details = h(
    "details",
    { ontoggle: (event) => (openParts[kind] = event.target.open) },
    h("summary", {}, say(kind)),
    table,
  );
  details.open = Boolean(openParts[kind]);
  return details;
}

const openParts = {};

// What should hold and does not, and what was assumed.
function notes() {
  const failed = Object.entries(answer.invariants).filter(([, held]) => held === false);
  const assumed = Object.keys(answer.assumed).map((path) => {
    const [id, field] = path.split(/\[\d+\]\./);
    const input = ALL.inputs.find((one) => one.id === id);
    return nameOf(field ? input.fields.find((one) => one.id === field) : input);
  });
  const told = [
    ["invariants", failed.map(([id]) => partName("invariants", id))],
    ["assumed", [...new Set(assumed)]],
  ];
  const lines = told.filter(([, names]) => names.length).map(([key, names]) => `${say(key)}: ${names.join("; ")}`);
  return lines.length
    ? h(
        "section",
        { class: "notes" },
        lines.map((words) => h("p", {}, words)),
      )
    : null;
}

function comparison() {
  if (!basis) {
    const keep = () => {
      basis = { subject: structuredClone(subject), answer };
      showResult();
      result.querySelector(".basis button")?.focus();
    };
    return h(
      "p",
      { class: "tools" },
      h("button", { type: "button", class: "quiet", id: "keep", onclick: keep }, say("form_compare")),
    );
  }
  const then = basis.answer;
  const [score, before] = [answer.score && exact(answer.score), then.score && exact(then.score)];
  const cut = score && before ? difference(score, before) : null;
  const bandOf = (one) => (one.band === null ? statusName(one.status) : bandName(one.band));
  const changes = shownInputs().filter(
    (input) => JSON.stringify(subject[input.id]) !== JSON.stringify(basis.subject[input.id]),
  );
  const told = (input, from) => {
    const value = from[input.id];
    if (Array.isArray(value)) return `${value.length}`;
    const at = input.limits.options?.indexOf(value) ?? -1;
    return at >= 0 ? label(input.options?.[at], language) || value : shownText(value);
  };
  const back = () => {
    for (const id of Object.keys(subject)) delete subject[id];
    Object.assign(subject, structuredClone(basis.subject));
    build();
  };
  const drop = () => {
    basis = null;
    showResult();
    document.getElementById("keep")?.focus();
  };
  return h(
    "section",
    { class: "basis" },
    h("h3", {}, say("form_compared")),
    h(
      "p",
      { class: "change" },
      bandOf(then),
      then.score === null ? "" : ` ${shownText(then.score)}`,
      " → ",
      h("b", {}, bandOf(answer), answer.score === null ? "" : ` ${shownText(answer.score)}`),
      cut && cut[0] !== 0n ? h("span", { class: cut[0] > 0n ? "up" : "down" }, ` ${signed(cut)}`) : null,
    ),
    changes.length
      ? h(
          "ul",
          {},
          changes.map((input) =>
            h("li", {}, `${nameOf(input)}: ${told(input, basis.subject)} → ${told(input, subject)}`),
          ),
        )
      : h("p", { class: "soft" }, say("form_unchanged")),
    h(
      "p",
      { class: "tools" },
      h("button", { type: "button", class: "quiet", onclick: back }, say("form_back")),
      h("button", { type: "button", class: "quiet", onclick: drop }, say("form_drop")),
    ),
  );
}
