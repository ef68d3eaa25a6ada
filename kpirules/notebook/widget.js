// Fields and sliders of a rulebook, and the rating that Python answers with.
// Values cross as texts. Every text from the rulebook becomes a text node; HTML comes from kpirules' own writer alone.

const DELAY = 500; // milliseconds without an answer before a screen reader is told the rating
const PATIENCE = 5000; // milliseconds until an answer is given up, so that the next change is sent

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

const filled = (words, parts) => words.replace(/\{(\w+)\}/g, (_, name) => String(parts[name]));

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

function render({ model, el }) {
  const view = Math.random().toString(36).slice(2);
  const controls = new Map(); // by path: the element to focus, the element for its problems
  const touched = new Set();
  const root = h("div", { class: "kpirules-widget", "data-lm-suppress-shortcuts": "true" });
  let form, state, words;
  let sent = 0;
  let answered = 0;
  let isWaiting = false;
  let patience, waiting;

  const read = () => {
    const { values, rules, explained } = model.get("_entered");
    state = structuredClone({ values: values ?? {}, rules: rules ?? {}, explained: Boolean(explained) });
  };

  // One change is under way at a time, so that a slider is as quick as Python and no quicker.
  const send = () => {
    isWaiting = sent !== answered;
    if (isWaiting) return;
    sent += 1;
    model.set("_entered", { ...structuredClone(state), view, serial: sent });
    model.save_changes();
    clearTimeout(patience);
    patience = setTimeout(() => settle(sent), PATIENCE);
  };
  const settle = (serial) => {
    answered = Math.max(answered, serial);
    if (isWaiting && answered === sent) send();
  };

  const capital = (text) => text.charAt(0).toLocaleUpperCase(form.language || undefined) + text.slice(1);
  const idOf = (path) => `${view}-${path}`;
  const change = (holder, id, text) => {
    if (text === "") delete holder[id];
    else holder[id] = text;
    send();
  };
  const leave = (path) => {
    touched.add(path);
    showProblems();
  };

  const number = (spec, path, holder, common) => {
    const isField = spec.kind !== "formula";
    const box = h("input", {
      type: "text",
      inputmode: { number: "decimal", integer: "numeric" }[spec.kind],
      class: isField ? "number" : "formula",
      autocomplete: "off",
      spellcheck: "false",
      ...common,
    });
    box.value = holder[spec.id] ?? "";
    if (!spec.slider) {
      box.addEventListener("input", () => change(holder, spec.id, box.value));
      return [box];
    }
    const knob = h("input", {
      type: "range",
      min: 0,
      max: spec.slider.high - spec.slider.low + 2,
      step: 1,
      "aria-label": filled(words.slider, { label: capital(spec.label) }),
    });
    const place = () => {
      const text = box.value.trim() || spec.default || "";
      knob.value = stopOf(spec.slider, text);
      knob.classList.toggle("absent", !box.value.trim());
      knob.setAttribute("aria-valuetext", box.value.trim() ? `${text} ${spec.unit}`.trim() : words.absent);
    };
    knob.addEventListener("input", () => {
      box.value = stopText(spec.slider, Number(knob.value));
      place();
      change(holder, spec.id, box.value);
    });
    box.addEventListener("input", () => {
      place();
      change(holder, spec.id, box.value);
    });
    place();
    return [box, knob];
  };

  const choices = (spec, holder, common) => {
    const options = [
      [words.yes, "true"],
      [words.no, "false"],
    ];
    if (!spec.required) options.push(["—", ""]);
    const own = holder[spec.id] ?? (spec.required ? null : "");
    return h(
      "div",
      { role: "radiogroup", "aria-labelledby": `${common.id}-label`, ...common, class: "choices" },
      options.map(([text, value]) =>
        h(
          "label",
          {},
          h("input", {
            type: "radio",
            name: common.id,
            checked: value === own,
            "aria-label": value ? null : words.absent,
            onchange: () => change(holder, spec.id, value),
          }),
          h("span", {}, text),
        ),
      ),
    );
  };

  const select = (spec, holder, common) =>
    h(
      "select",
      { ...common, onchange: (event) => change(holder, spec.id, event.target.value.slice(1)) },
      h("option", { value: "" }, "—"),
      spec.options.map(([id, label]) =>
        h("option", { value: `=${id}`, selected: holder[spec.id] === id }, label || id),
      ),
    );

  const plain = (spec, holder, common) => {
    const box = h("input", {
      type: spec.kind === "date" ? "date" : "text",
      min: spec.min,
      max: spec.max,
      autocomplete: "off",
      ...common,
      oninput: () => change(holder, spec.id, box.value),
    });
    box.value = holder[spec.id] ?? "";
    return box;
  };

  const field = (spec, path, holder, isCell) => {
    const id = idOf(path);
    const hasHint = !isCell && (spec.hint || spec.note);
    const common = {
      id,
      "aria-describedby": [hasHint && `${id}-hint`, `${id}-error`].filter(Boolean).join(" "),
      "aria-required": spec.required ? "true" : null,
      onfocusout: () => leave(path),
    };
    const isGroup = spec.kind === "boolean";
    const shown = isCell ? { ...spec, slider: null } : spec;
    const makers = { boolean: choices, choice: select, date: plain, text: plain };
    const made = makers[spec.kind]?.(spec, holder, common) ?? number(shown, path, holder, common);
    const [control, knob] = [made].flat();
    const error = h("p", { class: "error", id: `${id}-error` });
    controls.set(path, { control, error });
    const unit = spec.unit ? h("span", { class: "unit" }, isCell ? ` (${spec.unit})` : spec.unit) : "";
    return h(
      "div",
      { class: `${isCell ? "cell" : "field"} ${spec.kind}${knob ? " slides" : ""}` },
      isGroup
        ? h("span", { class: "name", id: `${id}-label` }, capital(spec.label))
        : h("label", { class: "name", for: id }, capital(spec.label), isCell ? unit : ""),
      h("div", { class: "control" }, control, isCell ? "" : unit, knob),
      hasHint ? h("p", { class: "hint", id: `${id}-hint` }, [spec.hint, spec.note].filter(Boolean).join(" · ")) : "",
      error,
    );
  };

  const list = (spec) => {
    const id = idOf(spec.path);
    const rows = h("div", { class: "rows" });
    const count = h("span", { class: "soft" });
    const error = h("p", { class: "error", id: `${id}-error` });
    const records = () => (state.values[spec.id] ??= []);
    const forget = () => {
      for (const path of controls.keys()) if (path.startsWith(`${spec.path}[`)) controls.delete(path);
    };
    const changed = () => {
      fill();
      send();
    };
    const fill = () => {
      forget();
      const held = state.values[spec.id] ?? [];
      count.textContent = ` ${held.length}`;
      rows.replaceChildren(...held.map(row));
    };
    const row = (record, at) => {
      const path = `${spec.path}[${at}]`;
      const own = h("p", { class: "error", id: idOf(`${path}-error`) });
      controls.set(path, { control: null, error: own });
      const label = filled(words.remove, { number: at + 1 });
      const remove = () => {
        records().splice(at, 1);
        for (const one of touched) if (one.startsWith(`${spec.path}[`)) touched.delete(one);
        changed();
        adder.focus();
      };
      return h(
        "div",
        { class: "row", role: "group", "aria-label": `${spec.label} ${at + 1}`, "aria-describedby": own.id },
        h("span", { class: "place" }, String(at + 1)),
        spec.fields.map((one) => field(one, `${path}.${one.id}`, record, true)),
        h("button", { type: "button", class: "remove", "aria-label": label, onclick: remove }, "×"),
        own,
      );
    };
    const add = () => {
      records().push({});
      changed();
      rows.lastElementChild.querySelector("input, select").focus();
    };
    const adder = h("button", { type: "button", id, "aria-describedby": error.id, onclick: add }, words.add);
    // Rows that were copied from a spreadsheet, with or without their heading.
    const paste = (event) => {
      const cells = (event.clipboardData?.getData("text/plain") ?? "")
        .split(/\r?\n/)
        .filter(Boolean)
        .map((line) => line.split("\t"));
      if (cells.length < 2 && (cells[0]?.length ?? 0) < 2) return;
      event.preventDefault();
      const same = (one, cell) => [one.id, one.label].some((name) => name.toLowerCase() === cell.trim().toLowerCase());
      const heads = cells[0].map((cell) => spec.fields.find((one) => same(one, cell)));
      const hasHead = heads.some(Boolean);
      const columns = hasHead ? heads : spec.fields;
      const pasted = (hasHead ? cells.slice(1) : cells).map((line) =>
        Object.fromEntries(columns.flatMap((one, at) => (one && line[at] ? [[one.id, cellText(one, line[at])]] : []))),
      );
      const kept = records().filter((record) => Object.keys(record).length);
      state.values[spec.id] = [...kept, ...pasted];
      changed();
    };
    controls.set(spec.path, { control: adder, error });
    fill();
    return h(
      "section",
      { class: "list", onpaste: paste, "aria-labelledby": `${id}-label` },
      h("p", { class: "name", id: `${id}-label` }, capital(spec.label), count),
      spec.hint || spec.note ? h("p", { class: "hint" }, [spec.hint, spec.note].filter(Boolean).join(" · ")) : "",
      rows,
      h("p", { class: "tools" }, adder, h("span", { class: "hint" }, words.paste)),
      error,
    );
  };
  // A spreadsheet may show the label of an option, and TRUE for true.
  const cellText = (spec, cell) => {
    const text = cell.trim();
    if (spec.kind === "boolean") return text.toLowerCase();
    return spec.options?.find(([id, label]) => [id, label].includes(text))?.[0] ?? text;
  };

  const status = h("p", { class: "headline", "aria-hidden": "true" });
  const spoken = h("p", { class: "unseen", role: "status" });
  const result = h("div", { class: "result" });
  const rating = h("div", {});
  const reasons = h("button", {
    type: "button",
    onclick: () => {
      state.explained = !state.explained;
      reasons.setAttribute("aria-expanded", String(state.explained));
      send();
    },
  });

  const build = () => {
    form = model.get("_form");
    words = form.words;
    controls.clear();
    if (form.language) root.lang = form.language;
    const part = ({ title, of, fields }, at) =>
      h(
        "section",
        { class: "group", "aria-labelledby": idOf(`group${at}`) },
        h("p", { class: "title", id: idOf(`group${at}`) }, title),
        fields.map((spec) => (spec.kind === "list" ? list(spec) : field(spec, spec.path, state[of], false))),
      );
    const reset = () => {
      Object.assign(state, structuredClone(form.start));
      touched.clear();
      build();
      send();
      root.querySelector(".reset").focus();
    };
    reasons.textContent = words.reasons;
    reasons.setAttribute("aria-expanded", String(state.explained));
    result.setAttribute("aria-label", words.result);
    result.replaceChildren(rating, h("p", { class: "tools" }, reasons));
    root.replaceChildren(
      h("div", { class: "head" }, h("p", { class: "title" }, form.title), status),
      h(
        "div",
        { class: "parts" },
        h(
          "form",
          { novalidate: true, autocomplete: "off", onsubmit: (event) => event.preventDefault() },
          form.groups.map(part),
          h("p", { class: "tools" }, h("button", { type: "button", class: "reset", onclick: reset }, words.reset)),
        ),
        result,
      ),
      spoken,
    );
    show();
  };

  // A missing value is told at its field once somebody has left it.
  const showProblems = () => {
    const told = new Map();
    for (const { path, message, is_missing: isMissing } of model.get("_shown").problems ?? []) {
      if (isMissing && !touched.has(path)) continue;
      told.set(path, [...(told.get(path) ?? []), capital(message)]);
    }
    for (const [path, { control, error }] of controls) {
      const text = (told.get(path) ?? []).join(" ");
      if (error.textContent !== text) error.textContent = text;
      if (text) control?.setAttribute("aria-invalid", "true");
      else control?.removeAttribute("aria-invalid");
    }
  };

  const refusal = ({ problems, wrong, missing }) => {
    const some = (title, found) => {
      if (!found.length) return "";
      const link = ({ path, message }) => {
        const target = controls.get(path)?.control;
        if (!target) return h("li", {}, capital(message));
        const focus = () => (target.matches("div") ? target.querySelector("input") : target).focus();
        return h("li", {}, h("button", { type: "button", class: "link", onclick: focus }, capital(message)));
      };
      const more = found.length > 8 ? h("li", { class: "soft" }, `… ${found.length - 8}`) : "";
      return [h("p", { class: "name" }, title), h("ul", {}, found.slice(0, 8).map(link), more)];
    };
    return [
      some(wrong, problems.filter((one) => !one.is_missing)),
      some(missing, problems.filter((one) => one.is_missing)),
    ].flat(Infinity);
  };

  const show = () => {
    const shown = model.get("_shown");
    const { html, headline, tone, problems } = shown;
    if (html) rating.innerHTML = html;
    else rating.replaceChildren(...refusal(shown).filter(Boolean));
    reasons.hidden = Boolean(problems?.length);
    status.textContent = headline ?? "";
    root.dataset.tone = tone ?? "open";
    showProblems();
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      if (spoken.textContent !== headline) spoken.textContent = headline ?? "";
    }, DELAY);
  };

  const onShown = () => {
    const { view: of, serial } = model.get("_shown");
    show();
    if (of === view) settle(serial);
  };
  const onEntered = () => {
    if (model.get("_entered").view === view) return;
    read();
    build();
  };
  // The form belongs to the same values, in another language.
  const onForm = () => build();

  // Lists and dates of the browser are dark where the text around is light.
  const theme = () => {
    const dot = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    if (!dot) return;
    dot.fillStyle = getComputedStyle(el).color;
    dot.fillRect(0, 0, 1, 1);
    const [red, green, blue] = dot.getImageData(0, 0, 1, 1).data;
    root.style.colorScheme = red * 0.3 + green * 0.6 + blue * 0.1 > 127 ? "dark" : "light";
  };
  const themes = new MutationObserver(theme);
  for (const one of [document.documentElement, document.body]) themes.observe(one, { attributes: true });

  // A key that is typed here is no shortcut of the notebook around.
  root.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
  });
  model.on("change:_shown", onShown);
  model.on("change:_entered", onEntered);
  model.on("change:_form", onForm);
  el.append(root);
  read();
  build();
  theme();
  return () => {
    themes.disconnect();
    clearTimeout(patience);
    clearTimeout(waiting);
    model.off("change:_shown", onShown);
    model.off("change:_entered", onEntered);
    model.off("change:_form", onForm);
  };
}

export default { render };
