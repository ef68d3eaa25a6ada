// The whole page, built anew for each language.

function languagePart() {
  if (FORM.languages.length < 2) return null;
  const names = (tag) => {
    try {
      return capital(new Intl.DisplayNames([tag], { type: "language" }).of(tag));
    } catch {
      return tag;
    }
  };
  return h(
    "label",
    { class: "language" },
    h("span", {}, `${say("form_language")} `),
    h(
      "select",
      {
        id: "language",
        onchange: (event) => {
          language = event.target.value;
          build();
          document.getElementById("language").focus();
        },
      },
      FORM.languages.map((tag) => h("option", { value: tag, selected: tag === language }, names(tag))),
    ),
  );
}

function clear() {
  for (const id of Object.keys(subject)) delete subject[id];
  touched.clear();
  basis = null;
  build();
}

function build() {
  fields.clear();
  document.documentElement.lang = language;
  const title = label(rulebook.title, language) || rulebook.id;
  document.title = visible(title);
  const entered = INPUTS.filter((input) => input.entered);
  const other = INPUTS.filter((input) => !input.entered && !input.fields);
  const group = (words, inputs) =>
    inputs.length
      ? h(
          "section",
          { class: "group" },
          h("h2", {}, words),
          h(
            "div",
            { class: "fields" },
            inputs.map((input) => field(input, input.id, subject, false)),
          ),
        )
      : null;
  const facts = [rulebook.source, rulebook.edition && say("edition", { edition: rulebook.edition })];
  if (rulebook.variant) facts.push(say("variant", { variant: rulebook.variant }));
  const inputs = h(
    "form",
    { autocomplete: "off", novalidate: true, onsubmit: (event) => event.preventDefault() },
    group(say("given_inputs"), other),
    lists.map(listField),
    group(say("form_entered"), entered),
    h("p", { class: "tools" }, h("button", { type: "button", class: "quiet", onclick: clear }, say("form_clear"))),
  );
  page.replaceChildren(
    h(
      "header",
      {},
      h("div", {}, h("h1", {}, title), h("p", { class: "soft" }, facts.filter(Boolean).join(" · "))),
      languagePart(),
    ),
    h(
      "main",
      {},
      inputs,
      h(
        "section",
        { class: "side", "aria-labelledby": "rating-title" },
        h("h2", { id: "rating-title" }, say("form_result")),
        result,
        spoken,
      ),
    ),
    tablePart(),
    h(
      "footer",
      { class: "soft" },
      h("p", {}, say("form_private")),
      h("p", {}, say("scoring_hash", { hash: rulebook.scoring_hash.slice(0, 12) })),
    ),
    bar,
  );
  update();
}

build();
