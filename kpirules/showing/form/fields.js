// The fields of a subject: one for each input, and rows for the records of a list.

// Digits in groups of three, without a sign that means a decimal point somewhere.
const spaced = (limit) => (/^-?\d{5,}$/.test(limit) ? limit.replace(/\B(?=(\d{3})+$)/g, "\u202f") : limit);

function hint(input) {
  const { kind, min, max, above, below, step, decimals, unit, is_required: isRequired } = input.limits;
  const found = [];
  if (kind === "number" || kind === "integer" || kind === "date") {
    const low = min !== undefined ? "from" : above !== undefined ? "above" : "";
    const high = max !== undefined ? "to" : below !== undefined ? "below" : "";
    const key = low && high ? `${low}_${high}` : low || high;
    if (key) found.push(say(key, { low: spaced(min ?? above), high: spaced(max ?? below) }));
    if (step !== undefined) found.push(say("form_step", { step }));
    else if (kind === "number" && decimals !== undefined)
      found.push(say(decimals === 1 ? "form_decimal" : "form_decimals", { count: decimals }));
  }
  if (input.default !== undefined) found.push(say("form_default", { value: shownText(input.default) }));
  else if (!isRequired) found.push(say("form_optional"));
  return { text: found.join(" · "), unit: unit ?? "" };
}

const idOf = (path) => `f-${path}`;

function field(input, path, holder, isCell) {
  const { text: told, unit } = hint(input);
  const note = label(input.note, language);
  const id = idOf(path);
  const described = [told && !isCell && `${id}-hint`, note && !isCell && `${id}-note`, `${id}-error`];
  const common = { id, "aria-describedby": described.filter(Boolean).join(" ") };
  const error = h("p", { class: "error", id: `${id}-error` });
  const change = (value) => {
    if (value === null || value === "") delete holder[input.id];
    else holder[input.id] = value;
    update();
  };
  const leave = () => {
    touched.add(path);
    showProblems();
  };
  const events = { onblur: leave };
  const value = holder[input.id];
  let control;
  let isGroup = false;
  switch (input.limits.kind) {
    case "boolean": {
      isGroup = true;
      const options = [
        [say("yes"), true],
        [say("no"), false],
      ];
      if (!input.limits.is_required) options.push(["—", null]);
      const own = value ?? null;
      control = h(
        "div",
        { class: "choices", role: "radiogroup", ...common, "aria-labelledby": `${id}-label`, onfocusout: leave },
        options.map(([words, option]) =>
          h(
            "label",
            {},
            h("input", {
              type: "radio",
              name: id,
              "aria-label": option === null ? say("absent") : null,
              checked: option === own && (own !== null || !input.limits.is_required),
              onchange: () => change(option),
            }),
            h("span", {}, words),
          ),
        ),
      );
      break;
    }
    case "choice":
      control = h(
        "select",
        { ...common, ...events, onchange: (event) => change(event.target.value ? event.target.value.slice(1) : null) },
        h("option", { value: "" }, "—"),
        input.limits.options.map((option, at) =>
          h(
            "option",
            { value: `=${option}`, selected: option === value },
            label(input.options?.[at], language) || option.replaceAll("_", " "),
          ),
        ),
      );
      break;
    case "date":
      control = h("input", {
        type: "date",
        min: input.limits.min,
        max: input.limits.max,
        value,
        ...common,
        ...events,
        oninput: (event) => change(event.target.value),
      });
      break;
    default: {
      const isNumber = input.limits.kind !== "text";
      const mode = { integer: "numeric", number: "decimal" }[input.limits.kind] ?? "text";
      control = h("input", {
        type: "text",
        inputmode: mode,
        class: isNumber ? "number" : null,
        autocomplete: "off",
        spellcheck: "false",
        value,
        ...common,
        ...events,
        oninput: (event) => change(isNumber ? event.target.value.trim() : event.target.value),
      });
    }
  }
  if (input.limits.is_required) control.setAttribute("aria-required", "true");
  fields.set(path, { control, error });
  const named = [capital(nameOf(input)), unit && isCell ? h("span", { class: "soft" }, ` (${unit})`) : null];
  const title = isGroup
    ? h("span", { class: "name", id: `${id}-label` }, named)
    : h("label", { class: "name", for: id }, named);
  return h(
    "div",
    { class: isCell ? "cell" : `field ${input.limits.kind}` },
    title,
    h("div", { class: "control" }, control, unit && !isCell ? h("span", { class: "unit" }, unit) : null),
    h(
      "div",
      { class: "below" },
      error,
      told && !isCell ? h("p", { class: "hint", id: `${id}-hint` }, told) : null,
      note && !isCell ? h("p", { class: "hint", id: `${id}-note` }, note) : null,
    ),
  );
}

function listField(input) {
  subject[input.id] ??= [];
  const path = input.id;
  const id = idOf(path);
  const rows = h("div", { class: "rows" });
  const count = h("span", { class: "soft" });
  const error = h("p", { class: "error", id: `${id}-error` });
  const fill = () => {
    for (const name of [...fields.keys()]) if (name.startsWith(`${path}[`)) fields.delete(name);
    count.textContent = ` ${subject[input.id].length}`;
    rows.replaceChildren(
      ...subject[input.id].map((record, at) => {
        const own = `${path}[${at}]`;
        const rowError = h("p", { class: "error", id: `${idOf(own)}-error` });
        fields.set(own, { control: null, error: rowError });
        return h(
          "div",
          { class: "row", role: "group", "aria-label": `${nameOf(input)} ${at + 1}`, "aria-describedby": rowError.id },
          h("span", { class: "number-of-row" }, String(at + 1)),
          input.fields.map((one) => field(one, `${own}.${one.id}`, record, true)),
          h(
            "button",
            {
              type: "button",
              class: "quiet remove",
              "aria-label": say("form_remove", { number: at + 1 }),
              onclick: () => {
                subject[input.id].splice(at, 1);
                for (const name of [...touched]) if (name.startsWith(`${path}[`)) touched.delete(name);
                fill();
                update();
                adder.focus();
              },
            },
            "×",
          ),
          rowError,
        );
      }),
    );
  };
  const adder = h(
    "button",
    {
      type: "button",
      class: "quiet",
      id,
      "aria-describedby": `${id}-error`,
      onclick: () => {
        subject[input.id].push({});
        fill();
        update();
        rows.lastElementChild.querySelector("input, select")?.focus();
      },
    },
    say("form_add"),
  );
  // Rows copied from a spreadsheet fill the list.
  const paste = (event) => {
    const cells = cellsOf(event.clipboardData?.getData("text/plain") ?? "");
    if (cells.length < 2 && (cells[0]?.length ?? 0) < 2) return;
    event.preventDefault();
    const places = columnsOf(cells[0], input.fields);
    const hasHead = places.some((place) => place >= 0);
    const records = (hasHead ? cells.slice(1) : cells).map((row) =>
      recordOf(row, hasHead ? places : input.fields.map((_, at) => at), input.fields),
    );
    const isEmpty = (record) => !Object.keys(record).length;
    subject[input.id] = [...subject[input.id].filter((record) => !isEmpty(record)), ...records];
    fill();
    update();
  };
  fields.set(path, { control: adder, error });
  fill();
  return h(
    "section",
    { class: "list", onpaste: paste, "aria-labelledby": `${id}-label` },
    h("h3", { id: `${id}-label` }, capital(nameOf(input)), count),
    input.note ? h("p", { class: "hint" }, label(input.note, language)) : null,
    rows,
    h("p", { class: "tools" }, adder, h("span", { class: "hint" }, say("form_paste_rows"))),
    error,
  );
}
