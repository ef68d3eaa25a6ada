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

// What depends on the chosen rules: the head, the fields, and the hash at the foot.
const head = h("div", {});
const own = h("div", {});
const foot = h("p", {});

function fill() {
  for (const path of [...fields.keys()]) if (!isChooser({ id: path })) fields.delete(path);
  const title = label(rulebook.title, language) || rulebook.id;
  document.title = visible(title);
  const told = [rulebook.source, rulebook.edition && say("edition", { edition: rulebook.edition })];
  if (place >= 0 && rulebook.variant) told.push(say("variant", { variant: rulebook.variant }));
  head.replaceChildren(h("h1", {}, title), h("p", { class: "soft" }, told.filter(Boolean).join(" · ")));
  const others = INPUTS.filter((input) => !isChooser(input));
  own.replaceChildren(
    ...[
      group(
        say("given_inputs"),
        others.filter((input) => !input.entered && !input.fields),
      ),
      ...lists.map(listField),
      group(
        say("form_entered"),
        others.filter((input) => input.entered),
      ),
    ].filter(Boolean),
  );
  foot.textContent = place < 0 ? "" : say("scoring_hash", { hash: rulebook.scoring_hash.slice(0, 12) });
}

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

function build() {
  fields.clear();
  document.documentElement.lang = language;
  open(placeOf());
  const inputs = h(
    "form",
    { autocomplete: "off", novalidate: true, onsubmit: (event) => event.preventDefault() },
    group(say("form_rules"), choosers),
    own,
    h("p", { class: "tools" }, h("button", { type: "button", class: "quiet", onclick: clear }, say("form_clear"))),
  );
  fill();
  page.replaceChildren(
    h("header", {}, head, languagePart()),
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
    h("footer", { class: "soft" }, h("p", {}, say("form_private")), foot),
    bar,
  );
  update();
}

build();
