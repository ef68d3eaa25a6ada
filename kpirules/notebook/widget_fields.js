// Fields and sliders of a rulebook's inputs and rules. Every text from the rulebook becomes a text node.
// A field has the plain data of Python as `spec`, the object that holds its text, and the view that it is in.

function h(name, attributes, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value === true ? "" : String(value));
  }
  node.append(...children.flat(Infinity).filter((one) => one !== null && one !== undefined && one !== ""));
  return node;
}

// The text of a slider's place: its ends, and multiples of its step between them, without binary fractions.
function stopText({ first, last, low, high, step, places }, at) {
  if (at <= 0) return first;
  if (at > high - low + 1) return last;
  const number = BigInt(low + at - 1) * BigInt(step);
  const digits = String(number < 0n ? -number : number).padStart(places + 1, "0");
  const end = digits.length - places;
  const text = places ? `${digits.slice(0, end)}.${digits.slice(end)}`.replace(/\.?0+$/, "") : digits;
  return number < 0n ? `-${text}` : text;
}

// The place nearest to a text. It moves the knob alone and decides no value.
function stopOf(slider, text) {
  const { first, last, low, high, step, places } = slider;
  if (text === first) return 0;
  if (text === last) return high - low + 2;
  const number = Number(text);
  if (!String(text).trim() || Number.isNaN(number)) return 0;
  return Math.min(Math.max(Math.round(number / (Number(step) / 10 ** places)) - low + 1, 0), high - low + 2);
}

const linesOf = (spec) => [spec.hint, spec.note].filter(Boolean).join(" · ");

function numberField(view, spec, holder, common) {
  const box = h("input", {
    type: "text",
    inputmode: { number: "decimal", integer: "numeric" }[spec.kind],
    class: spec.kind === "formula" ? "formula" : "number",
    autocomplete: "off",
    spellcheck: "false",
    ...common,
  });
  box.value = holder[spec.id] ?? "";
  const knob = spec.slider ? sliderOf(view, spec, holder, box) : null;
  box.addEventListener("input", () => view.change(holder, spec.id, box.value));
  return [box, knob];
}

function sliderOf(view, spec, holder, box) {
  const label = view.filled("slider", { label: view.capital(spec.label) });
  const most = spec.slider.high - spec.slider.low + 2;
  const knob = h("input", { type: "range", min: 0, max: most, step: 1, "aria-label": label });
  const place = () => {
    const text = box.value.trim();
    knob.value = stopOf(spec.slider, text || spec.default);
    knob.classList.toggle("absent", !text);
    knob.setAttribute("aria-valuetext", text ? `${text} ${spec.unit}`.trim() : view.words.absent);
  };
  knob.addEventListener("input", () => {
    box.value = stopText(spec.slider, Number(knob.value));
    place();
    view.change(holder, spec.id, box.value);
  });
  box.addEventListener("input", place);
  place();
  return knob;
}

function booleanField(view, spec, holder, common) {
  const options = [
    [view.words.yes, "true"],
    [view.words.no, "false"],
  ];
  if (!spec.required) options.push(["—", ""]);
  const own = holder[spec.id] ?? (spec.required ? null : "");
  const option = ([text, value]) =>
    h(
      "label",
      {},
      h("input", {
        type: "radio",
        name: common.id,
        checked: value === own,
        "aria-label": value ? null : view.words.absent,
        onchange: () => view.change(holder, spec.id, value),
      }),
      h("span", {}, text),
    );
  const group = { role: "radiogroup", "aria-labelledby": `${common.id}-label`, class: "choices" };
  return h("div", { ...group, ...common }, options.map(option));
}

function choiceField(view, spec, holder, common) {
  // A value may be empty only for the line that chooses nothing.
  const option = ([id, label]) => h("option", { value: `=${id}`, selected: holder[spec.id] === id }, label || id);
  const choose = (event) => view.change(holder, spec.id, event.target.value.slice(1));
  return h("select", { ...common, onchange: choose }, h("option", { value: "" }, "—"), spec.options.map(option));
}

function textField(view, spec, holder, common) {
  const { min, max } = spec;
  const box = h("input", { type: spec.kind === "date" ? "date" : "text", min, max, autocomplete: "off", ...common });
  box.value = holder[spec.id] ?? "";
  box.addEventListener("input", () => view.change(holder, spec.id, box.value));
  return box;
}

const MAKERS = { boolean: booleanField, choice: choiceField, date: textField, text: textField };

function fieldOf(view, spec, path, holder, isCell = false) {
  const id = view.idOf(path);
  const hint = isCell ? "" : linesOf(spec);
  const common = {
    id,
    "aria-describedby": hint ? `${id}-hint ${id}-error` : `${id}-error`,
    "aria-required": spec.required ? "true" : null,
    onfocusout: () => view.leave(path),
  };
  const maker = MAKERS[spec.kind] ?? numberField;
  const [control, knob] = [maker(view, spec, holder, common)].flat();
  const error = h("p", { class: "error", id: `${id}-error` });
  view.controls.set(path, { control, error });
  const unit = spec.unit ? h("span", { class: "unit" }, isCell ? ` (${spec.unit})` : spec.unit) : null;
  const name = [view.capital(spec.label), isCell ? unit : null];
  return h(
    "div",
    { class: `${isCell ? "cell" : "field"} ${spec.kind}` },
    spec.kind === "boolean"
      ? h("span", { class: "name", id: `${id}-label` }, name)
      : h("label", { class: "name", for: id }, name),
    h("div", { class: "control" }, control, isCell ? null : unit, knob),
    hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null,
    error,
  );
}

// The records of a list, one row of fields for each.
function listOf(view, spec, holder) {
  const id = view.idOf(spec.path);
  const rows = h("div", { class: "rows" });
  const count = h("span", { class: "soft" });
  const error = h("p", { class: "error", id: `${id}-error` });
  // Python may have filled it with something else, which it then reports.
  const held = () => (Array.isArray(holder[spec.id]) ? holder[spec.id] : []);
  const fill = () => {
    view.forget(view.controls, spec.path);
    const records = held();
    count.textContent = ` ${records.length}`;
    rows.replaceChildren(...records.map((record, at) => rowOf(view, spec, record, at, () => remove(at))));
  };
  const remove = (at) => {
    // The rows below move up.
    view.forget(view.touched, spec.path);
    replace(held().filter((_, place) => place !== at));
  };
  const replace = (records) => {
    holder[spec.id] = records;
    fill();
    view.send();
    adder.focus();
  };
  const add = () => {
    replace([...held(), {}]);
    rows.lastElementChild.querySelector("input, select").focus();
  };
  const paste = (event) => {
    const records = pasted(spec, event.clipboardData?.getData("text/plain") ?? "");
    if (!records) return;
    event.preventDefault();
    replace([...held().filter((record) => Object.keys(record).length), ...records]);
  };
  const adder = h("button", { type: "button", id, "aria-describedby": error.id, onclick: add }, view.words.add);
  view.controls.set(spec.path, { control: adder, error });
  fill();
  return h(
    "section",
    { class: "list", onpaste: paste, "aria-labelledby": `${id}-label` },
    h("p", { class: "name", id: `${id}-label` }, view.capital(spec.label), count),
    linesOf(spec) ? h("p", { class: "hint" }, linesOf(spec)) : null,
    rows,
    h("p", { class: "tools" }, adder, h("span", { class: "hint" }, view.words.paste)),
    error,
  );
}

function rowOf(view, spec, record, at, remove) {
  const path = `${spec.path}[${at}]`;
  const error = h("p", { class: "error", id: view.idOf(`${path}-error`) });
  view.controls.set(path, { control: null, error });
  const label = view.filled("remove", { number: at + 1 });
  return h(
    "div",
    { class: "row", role: "group", "aria-label": `${spec.label} ${at + 1}`, "aria-describedby": error.id },
    h("span", { class: "place" }, String(at + 1)),
    // A row has no room for sliders.
    spec.fields.map((one) => fieldOf(view, { ...one, slider: null }, `${path}.${one.id}`, record, true)),
    h("button", { type: "button", class: "remove", "aria-label": label, onclick: remove }, "×"),
    error,
  );
}

// The records of rows that were copied from a spreadsheet, with or without their heading; null for a single cell.
function pasted(spec, text) {
  const cells = text
    .split(/\r?\n/)
    .filter(Boolean)
    .map((line) => line.split("\t").map((cell) => cell.trim()));
  if (cells.length < 2 && (cells[0]?.length ?? 0) < 2) return null;
  const isNamed = (one, cell) => [one.id, one.label].some((name) => name.toLowerCase() === cell.toLowerCase());
  const heading = cells[0].map((cell) => spec.fields.find((one) => isNamed(one, cell)));
  const hasHeading = heading.some(Boolean);
  const columns = hasHeading ? heading : spec.fields;
  return (hasHeading ? cells.slice(1) : cells).map((line) =>
    Object.fromEntries(columns.flatMap((one, at) => (one && line[at] ? [[one.id, cellText(one, line[at])]] : []))),
  );
}

// A spreadsheet may show the label of an option, and TRUE for true.
function cellText(spec, text) {
  if (spec.kind === "boolean") return text.toLowerCase();
  return spec.options?.find((names) => names.includes(text))?.[0] ?? text;
}
