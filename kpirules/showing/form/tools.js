// What the parts of a form share: its state, elements made of texts alone, and numbers and names for people.
// The parts are one block of a script, in which `FORM` is what the page knows of the rulebook.

const WORDS = FORM.phrases;
const DELAY = 250; // milliseconds without a key before a screen reader is told the rating
const SHOWN_ROWS = 50;
const CHUNK = 200; // rows rated before the page may draw
const MOST_RUNGS = 12;

let language = FORM.language;
let answer = null;
let basis = null;
const subject = {};
const touched = new Set();
const fields = new Map();
const page = document.getElementById("form");

// The inputs that choose the rules stand first, with all their options; the others are those of the chosen rules.
const choosers = CHOICE.inputs;
const isChooser = ({ id }) => choosers.some((one) => one.id === id);
const NOTHING = { INPUTS: choosers, BANDS: [], CRITERIA: [], KEYS: [], valueOf: () => undefined };
const UNNAMED = { names: {}, formulas: {}, has_quotas: false, has_measure: false };
const byId = (lists) => [...new Map(lists.flat().map((one) => [one.id, one])).values()];
const ALL = {
  inputs: byId([...RATERS.map((one) => one.INPUTS), choosers]),
  bands: byId(RATERS.map((one) => one.BANDS)),
  criteria: byId(RATERS.map((one) => one.CRITERIA)),
};

// The place of the rules that the subject chooses, or -1.
const placeOf = () => (RATERS.length === 1 ? 0 : RATERS.indexOf(chosen(subject, new Reading())));

let place;
let INPUTS, BANDS, CRITERIA, KEYS, valueOf, rulebook, facts, lists;

function open(at) {
  place = at;
  ({ INPUTS, BANDS, CRITERIA, KEYS, valueOf, about: rulebook = RATERS[0].about } = RATERS[at] ?? NOTHING);
  facts = FORM.parts[at] ?? UNNAMED;
  lists = INPUTS.filter((input) => input.fields);
}

// The inputs of the chosen rules, and the values among them: those of other rules are kept for when they are chosen.
const shownInputs = () => [...choosers, ...INPUTS.filter((input) => !isChooser(input))];
const ownValues = () => {
  const own = new Set(shownInputs().map((input) => input.id));
  return Object.fromEntries(Object.entries(subject).filter(([id]) => own.has(id)));
};

function made(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "fill") node.style.fill = value;
    else node.setAttribute(name, value === true ? "" : name === "aria-label" ? visible(value) : String(value));
  }
  const isThere = (one) => one !== null && one !== undefined && one !== "" && one !== false;
  node.append(
    ...children
      .flat(Infinity)
      .filter(isThere)
      .map((one) => (typeof one === "string" ? visible(one) : one)),
  );
  return node;
}

// A text without characters that change how others are shown, or that nobody sees.
const visible = (words) =>
  words.replace(
    /(?![\t\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu,
    (one) => `\\u${one.codePointAt(0).toString(16).padStart(4, "0")}`,
  );

const h = (name, attributes, ...children) => made(document.createElement(name), attributes, children);
const s = (name, attributes, ...children) =>
  made(document.createElementNS("http://www.w3.org/2000/svg", name), attributes, children);

function say(key, parts = {}) {
  const tag = language.toLowerCase().split("-")[0];
  const own = Object.hasOwn(WORDS, tag) ? WORDS[tag] : WORDS.en;
  return own[key].replace(/\{(\w+)\}/g, (_, name) => String(parts[name]));
}

const capital = (words) => words.charAt(0).toLocaleUpperCase(language) + words.slice(1);
const nameOf = (one) => label(one.label, language) || one.id.replaceAll("_", " ");
const bandName = (id) => nameOf([...BANDS, ...ALL.bands].find((band) => band.id === id) ?? { id });
const statusName = (id) => (["undefined", "insufficient"].includes(id) ? say(id) : partName("statuses", id));
const partName = (kind, id) => {
  const named = [facts, ...FORM.parts].find(({ names }) => Object.hasOwn(names, `${kind}.${id}`));
  return nameOf({ id, label: named?.names[`${kind}.${id}`] });
};

// A number for people: exact if it has at most six decimals, else the nearest that has, marked.
function shown(number) {
  const exactly = text(number);
  if (/^-?\d+(\.\d{1,6})?$/.test(exactly)) return exactly;
  const [n, d] = reduced(number);
  const half = ((n < 0n ? -n : n) * 2000000n + d) / (2n * d);
  return `≈ ${text([n < 0n ? -half : half, 1000000n])}`;
}

const shownText = (value) => {
  if (value === true || value === false) return say(value ? "yes" : "no");
  if (value === null || value === undefined) return say("absent");
  const number = typeof value === "string" && /^-?\d+([./]\d+)?$/.test(value) ? exact(value) : null;
  return number ? shown(number) : String(value);
};

const add = ([a, b], [c, d]) => [BigInt(a) * BigInt(d) + BigInt(c) * BigInt(b), BigInt(b) * BigInt(d)];
const signed = (number) => (BigInt(number[0]) > 0n ? "+" : "") + shown(number).replace("-", "−");
