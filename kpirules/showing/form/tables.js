// A table that is pasted or dropped, rated to a file.

// The cells of a table, as CSV or copied from a spreadsheet.
function cellsOf(written) {
  const [head] = written.replace(/^\ufeff/, "").split(/\r?\n/, 1);
  const delimiter = ["\t", ";", ","].reduce(
    (best, one) => (head.split(one).length > head.split(best).length ? one : best),
    ",",
  );
  const rows = [[]];
  const pattern = new RegExp(`(?:"((?:[^"]|"")*)"|([^${delimiter}\\r\\n]*))(${delimiter}|\\r?\\n|\\r|$)`, "y");
  const body = written.replace(/^\ufeff/, "");
  while (pattern.lastIndex < body.length) {
    const found = pattern.exec(body);
    if (!found) break;
    rows.at(-1).push(found[1] === undefined ? found[2] : found[1].replaceAll('""', '"'));
    if (found[3] !== delimiter) {
      rows.push([]);
      if (found[3] === "") break;
    } else if (pattern.lastIndex === body.length) rows.at(-1).push("");
  }
  return rows.filter((row) => row.some((cell) => cell !== ""));
}

// The place of the input of each column: by id, by column, or by label in any language; -1 for others.
const columnsOf = (head, inputs) =>
  (head ?? []).map((cell) => {
    const name = cell.trim();
    const isNamed = (input) =>
      name === input.id || name === input.column || (input.label ?? []).some(([, words]) => words === name);
    return inputs.findIndex(isNamed);
  });

function cellValue(cell, input) {
  const bare = cell.trim();
  if (bare === "") return null;
  if (input.limits.kind === "boolean") return { true: true, false: false }[bare.toLowerCase()] ?? bare;
  // An apostrophe keeps a spreadsheet from computing a text.
  if (input.limits.kind === "choice" || input.limits.kind === "text") return unshielded(cell);
  return bare;
}

function recordOf(row, places, inputs) {
  const record = {};
  row.forEach((cell, at) => {
    const input = inputs[places[at]];
    const value = input && !input.fields ? cellValue(cell, input) : null;
    if (value !== null) record[input.id] = value;
  });
  return record;
}

const FORMULA = /^'*[=+@\-\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const PLAIN = /^[+-]?[0-9]+(?:[.,][0-9]+)*(?:[eE][+-]?[0-9]+)?$/;
const shielded = (cell) => (FORMULA.test(cell) && !PLAIN.test(cell.replace(/^'+/, "")) ? `'${cell}` : cell);
const unshielded = (cell) => (cell.startsWith("'") && shielded(cell.slice(1)) === cell ? cell.slice(1) : cell);
const quoted = (cell) => (/[,;"\t\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);

const allLists = ALL.inputs.filter((input) => input.fields);

function tablePart() {
  const areas = new Map();
  const area = (id, words, described) => {
    // A browser takes half a minute to insert ten thousand rows as if they were typed.
    const paste = (event) => {
      const pasted = event.clipboardData?.getData("text/plain");
      if (!pasted) return;
      event.preventDefault();
      box.setRangeText(pasted, box.selectionStart, box.selectionEnd, "end");
    };
    const box = h("textarea", { id, rows: 6, spellcheck: "false", "aria-describedby": described, onpaste: paste });
    const take = async (file) => {
      box.value = await file.text();
    };
    const chosen = h("input", {
      type: "file",
      accept: ".csv,.tsv,.txt,text/csv",
      id: `${id}-file`,
      "aria-label": `${say("form_file")}: ${words}`,
      onchange: (event) => event.target.files[0] && take(event.target.files[0]),
    });
    areas.set(id, box);
    return h(
      "div",
      {
        class: "drop",
        ondragover: (event) => event.preventDefault(),
        ondrop: (event) => {
          event.preventDefault();
          if (event.dataTransfer.files[0]) take(event.dataTransfer.files[0]);
        },
      },
      h("label", { class: "name", for: id }, words),
      box,
      chosen,
    );
  };
  const plain = ALL.inputs.filter((input) => !input.fields).map((input) => input.column || input.id);
  const status = h("p", { class: "fact", role: "status" });
  const output = h("div", { class: "rated-table" });
  const button = h("button", { type: "button", class: "main", id: "rate-table" }, say("form_rate"));
  button.addEventListener("click", () => rateTable(areas, status, output, button));
  return h(
    "details",
    { class: "table", ontoggle: (event) => (openParts.table = event.target.open), open: Boolean(openParts.table) },
    h("summary", {}, say("form_table")),
    h("p", { class: "hint", id: "table-help" }, say("form_table_help")),
    h("p", { class: "hint" }, say("form_columns", { names: plain.join(", ") })),
    area("table", say("form_rows_here"), "table-help"),
    allLists.map((list) => [
      area(`table-${list.id}`, nameOf(list), `table-${list.id}-help`),
      h(
        "p",
        { class: "hint", id: `table-${list.id}-help` },
        say("form_records", { names: list.fields.map((one) => one.column || one.id).join(", ") }),
      ),
    ]),
    h("p", { class: "tools" }, button),
    status,
    output,
  );
}

// The records of a list by their key: the columns that are no fields.
function recordsByKey(written, list, head) {
  const [own, ...rows] = cellsOf(written);
  if (!own) return null;
  const places = columnsOf(own, list.fields);
  const keys = own.map((name, at) => [name.trim(), at]).filter(([name, at]) => places[at] < 0 && head.includes(name));
  const found = new Map();
  for (const row of rows) {
    const key = JSON.stringify(keys.map(([, at]) => row[at] ?? ""));
    if (!found.has(key)) found.set(key, []);
    found.get(key).push(recordOf(row, places, list.fields));
  }
  const columns = keys.map(([name]) => head.indexOf(name));
  return (row) => found.get(JSON.stringify(columns.map((at) => row[at] ?? ""))) ?? [];
}

async function rateTable(areas, status, output, button) {
  const [head, ...rows] = cellsOf(areas.get("table").value);
  if (!head || !rows.length) {
    status.textContent = say("form_no_rows");
    output.replaceChildren();
    return;
  }
  button.disabled = true;
  const names = head.map((name) => name.trim());
  const places = columnsOf(head, ALL.inputs);
  const records = allLists.map((list) => [list.id, recordsByKey(areas.get(`table-${list.id}`).value, list, names)]);
  const results = [];
  const began = performance.now();
  for (let at = 0; at < rows.length; at += CHUNK) {
    for (const row of rows.slice(at, at + CHUNK)) {
      const given = recordOf(row, places, ALL.inputs);
      const part = RATERS.length > 1 ? chosen(given, new Reading()) : RATERS[0];
      for (const [id, of] of records) {
        const found = of ? of(row) : [];
        if (of && (found.length || part?.INPUTS.some((one) => one.id === id))) given[id] = found;
      }
      results.push(assess(given, { language }));
    }
    status.textContent = say("form_progress", { done: results.length, count: rows.length });
    await new Promise((resolve) => setTimeout(resolve));
  }
  output.dataset.milliseconds = String(Math.round(performance.now() - began));
  button.disabled = false;
  status.textContent = say("form_rated_rows", { count: rows.length, wrong: results.filter((one) => !one.ok).length });
  showTable(output, names, rows, results);
}

function showTable(output, head, rows, results) {
  const criteria = ALL.criteria.filter((one) => one.parent).map((one) => one.id);
  const wrong = results.filter((one) => !one.ok).length;
  const counts = new Map();
  for (const one of results)
    if (one.ok) counts.set(one.band ?? one.status, (counts.get(one.band ?? one.status) ?? 0) + 1);
  const order = [...ALL.bands.map((band) => band.id), ...counts.keys()];
  const told = [...new Set(order)].filter((id) => counts.has(id));
  const problem = (one) => one.problems.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join("; ");
  const outputs = [...new Set(results.flatMap((one) => Object.keys(one.outputs ?? {})))];
  const added = [
    "status",
    "score",
    "band",
    ...criteria.map((id) => `points.${id}`),
    ...outputs.map((id) => `outputs.${id}`),
    "error",
  ];
  const plain = (value) => (value === null || value === undefined ? "" : String(value));
  const download = () => {
    const lines = [[...head.map(shielded), ...added]];
    results.forEach((one, at) => {
      const own = one.ok
        ? [
            shielded(one.status),
            plain(one.score),
            shielded(plain(one.band)),
            ...criteria.map((id) => plain(one.points[id])),
            ...outputs.map((id) => shielded(plain(one.outputs[id]))),
            "",
          ]
        : [...added.slice(1).map(() => ""), shielded(problem(one))];
      lines.push([...head.map((_, place) => shielded(unshielded(rows[at][place] ?? ""))), ...own]);
    });
    const written = `\ufeff${lines.map((cells) => `${cells.map(quoted).join(",")}\n`).join("")}`;
    const address = URL.createObjectURL(new Blob([written], { type: "text/csv" }));
    h("a", { href: address, download: `${rulebook.id}.csv` }).click();
    setTimeout(() => URL.revokeObjectURL(address), 1000);
  };
  const first = results.slice(0, SHOWN_ROWS);
  output.replaceChildren(
    h(
      "ul",
      { class: "counts" },
      told.map((id) =>
        h(
          "li",
          {},
          `${ALL.bands.some((band) => band.id === id) ? bandName(id) : statusName(id)}: `,
          h("b", {}, String(counts.get(id))),
        ),
      ),
    ),
    h(
      "p",
      { class: "tools" },
      h("button", { type: "button", class: "main", id: "download", onclick: download }, say("form_download")),
    ),
    h(
      "div",
      { class: "scroll", tabindex: "0", role: "region", "aria-label": say("form_table") },
      h(
        "table",
        {},
        h(
          "thead",
          {},
          h(
            "tr",
            {},
            [head[0], say("whole"), say("form_result"), wrong ? " " : null]
              .filter(Boolean)
              .map((name) => h("th", { scope: "col" }, capital(name))),
          ),
        ),
        h(
          "tbody",
          {},
          first.map((one, at) =>
            h(
              "tr",
              {},
              h("th", { scope: "row" }, rows[at][0] ?? ""),
              h("td", { class: "amount" }, one.ok && one.score !== null ? shownText(one.score) : ""),
              h("td", {}, one.ok ? (one.band === null ? statusName(one.status) : bandName(one.band)) : "—"),
              wrong ? h("td", { class: "problem" }, one.ok ? "" : problem(one)) : null,
            ),
          ),
        ),
      ),
    ),
    results.length > SHOWN_ROWS
      ? h("p", { class: "hint" }, say("form_first", { shown: SHOWN_ROWS, count: results.length }))
      : "",
  );
}
