// A view of the widget: its fields, and the rating that Python answers with. Values cross as texts.
// HTML comes from kpirules' own writer alone.

const DELAY = 500; // milliseconds without an answer before a screen reader is told the rating
const PATIENCE = 5000; // milliseconds until an answer is given up, so that the next change is sent
const MOST_PROBLEMS = 8; // of a kind in the list beside the fields

class View {
  constructor(model, el) {
    this.model = model;
    this.id = Math.random().toString(36).slice(2);
    this.controls = new Map(); // by path: the element to focus, and the one for its problems
    this.touched = new Set();
    this.sent = 0;
    this.answered = 0;
    this.isWaiting = false;
    this.root = h("div", { class: "kpirules-widget", "data-lm-suppress-shortcuts": "true" });
    this.status = h("p", { class: "headline", "aria-hidden": "true" });
    this.spoken = h("p", { class: "unseen", role: "status" });
    this.rating = h("div", {});
    this.reasons = h("button", { type: "button", onclick: () => this.toggle() });
    this.handlers = {
      "change:_shown": () => this.wasAnswered(),
      "change:_entered": () => this.wasEntered(),
      "change:_form": () => this.build(),
    };
    // A key that is typed here is no shortcut of the notebook around.
    this.root.addEventListener("keydown", (event) => {
      if (!event.ctrlKey && !event.metaKey) event.stopPropagation();
    });
    for (const [event, handler] of Object.entries(this.handlers)) model.on(event, handler);
    el.append(this.root);
    this.read();
    this.build();
    this.follow(el);
  }

  leaveAll() {
    this.themes.disconnect();
    clearTimeout(this.patience);
    clearTimeout(this.pause);
    for (const [event, handler] of Object.entries(this.handlers)) this.model.off(event, handler);
  }

  // -- words ------------------------------------------------------------------------------------

  get form() {
    return this.model.get("_form");
  }

  get words() {
    return this.form.words;
  }

  filled(name, parts) {
    return this.words[name].replace(/\{(\w+)\}/g, (_, part) => String(parts[part]));
  }

  capital(text) {
    return text.charAt(0).toLocaleUpperCase(this.form.language || undefined) + text.slice(1);
  }

  idOf(path) {
    return `${this.id}-${path}`;
  }

  // -- values -----------------------------------------------------------------------------------

  read() {
    const { values, rules, explained } = this.model.get("_entered");
    this.state = structuredClone({ values: values ?? {}, rules: rules ?? {}, explained: Boolean(explained) });
  }

  change(holder, id, text) {
    if (text === "") delete holder[id];
    else holder[id] = text;
    this.send();
  }

  leave(path) {
    this.touched.add(path);
    this.showProblems();
  }

  // Forget the controls, or what was left, below a path.
  forget(held, path) {
    for (const one of held.keys()) if (one.startsWith(`${path}[`)) held.delete(one);
  }

  // One change is under way at a time, so that a slider is as quick as Python and no quicker.
  send() {
    this.isWaiting = this.sent !== this.answered;
    if (this.isWaiting) return;
    this.sent += 1;
    this.model.set("_entered", { ...structuredClone(this.state), view: this.id, serial: this.sent });
    this.model.save_changes();
    clearTimeout(this.patience);
    this.patience = setTimeout(() => this.settle(this.sent), PATIENCE);
  }

  settle(serial) {
    this.answered = Math.max(this.answered, serial);
    if (this.isWaiting && this.answered === this.sent) this.send();
  }

  wasAnswered() {
    const { view, serial } = this.model.get("_shown");
    this.show();
    if (view === this.id) this.settle(serial);
  }

  // Python, or another view, has filled the fields.
  wasEntered() {
    if (this.model.get("_entered").view === this.id) return;
    this.read();
    this.build();
  }

  reset() {
    Object.assign(this.state, structuredClone(this.form.start));
    this.touched.clear();
    this.build();
    this.send();
    this.root.querySelector(".reset").focus();
  }

  toggle() {
    this.state.explained = !this.state.explained;
    this.reasons.setAttribute("aria-expanded", String(this.state.explained));
    this.send();
  }

  // -- elements ---------------------------------------------------------------------------------

  build() {
    const { form, words } = this;
    this.controls.clear();
    if (form.language) this.root.lang = form.language;
    this.reasons.textContent = words.reasons;
    this.reasons.setAttribute("aria-expanded", String(this.state.explained));
    const reset = h("button", { type: "button", class: "reset", onclick: () => this.reset() }, words.reset);
    const fields = h(
      "form",
      { novalidate: true, autocomplete: "off", onsubmit: (event) => event.preventDefault() },
      form.groups.map((group, at) => this.group(group, at)),
      h("p", { class: "tools" }, reset),
    );
    const result = h(
      "section",
      { class: "result", "aria-label": words.result },
      this.rating,
      h("p", { class: "tools" }, this.reasons),
    );
    this.root.replaceChildren(
      h("div", { class: "head" }, h("p", { class: "title" }, form.title), this.status),
      h("div", { class: "parts" }, fields, result),
      this.spoken,
    );
    this.show();
  }

  group({ title, of, fields }, at) {
    const id = this.idOf(`group${at}`);
    const holder = this.state[of];
    const made = fields.map((spec) =>
      spec.kind === "list" ? listOf(this, spec, holder) : fieldOf(this, spec, spec.path, holder),
    );
    return h("section", { class: "group", "aria-labelledby": id }, h("p", { class: "title", id }, title), made);
  }

  show() {
    const shown = this.model.get("_shown");
    const { html, headline, tone } = shown;
    if (html) this.rating.innerHTML = html;
    else this.rating.replaceChildren(...this.refusal(shown));
    this.reasons.hidden = !html;
    this.status.textContent = headline;
    this.root.dataset.tone = tone;
    this.showProblems();
    clearTimeout(this.pause);
    this.pause = setTimeout(() => {
      if (this.spoken.textContent !== headline) this.spoken.textContent = headline;
    }, DELAY);
  }

  // A field reports a missing value once it has lost the focus.
  showProblems() {
    const told = new Map();
    for (const { path, message, is_missing: isMissing } of this.model.get("_shown").problems) {
      if (isMissing && !this.touched.has(path)) continue;
      told.set(path, [...(told.get(path) ?? []), this.capital(message)]);
    }
    for (const [path, { control, error }] of this.controls) {
      const text = (told.get(path) ?? []).join(" ");
      if (error.textContent !== text) error.textContent = text;
      if (text) control?.setAttribute("aria-invalid", "true");
      else control?.removeAttribute("aria-invalid");
    }
  }

  refusal({ problems, wrong, missing }) {
    return [
      ...this.list(
        wrong,
        problems.filter((one) => !one.is_missing),
      ),
      ...this.list(
        missing,
        problems.filter((one) => one.is_missing),
      ),
    ];
  }

  list(title, found) {
    if (!found.length) return [];
    const link = ({ path, message }) => {
      const target = this.controls.get(path)?.control;
      if (!target) return h("li", {}, this.capital(message));
      const focus = () => (target.matches("div") ? target.querySelector("input") : target).focus();
      return h("li", {}, h("button", { type: "button", class: "link", onclick: focus }, this.capital(message)));
    };
    const more = found.length - MOST_PROBLEMS;
    const rest = more > 0 ? h("li", { class: "soft" }, `… ${more}`) : null;
    return [h("p", { class: "name" }, title), h("ul", {}, found.slice(0, MOST_PROBLEMS).map(link), rest)];
  }

  // Lists and dates of the browser are dark where the text around is light.
  follow(el) {
    const dot = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
    const theme = () => {
      dot.fillStyle = getComputedStyle(el).color;
      dot.fillRect(0, 0, 1, 1);
      const [red, green, blue] = dot.getImageData(0, 0, 1, 1).data;
      this.root.style.colorScheme = red * 0.3 + green * 0.6 + blue * 0.1 > 127 ? "dark" : "light";
    };
    this.themes = new MutationObserver(theme);
    for (const one of [document.documentElement, document.body]) this.themes.observe(one, { attributes: true });
    theme();
  }
}

export default {
  render({ model, el }) {
    const view = new View(model, el);
    return () => view.leaveAll();
  },
};
