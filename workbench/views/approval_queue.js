// The queue in the page: all rows are here, filtered and grouped here, and only those in sight are drawn.

const ROW_HEIGHT = 64; // pixels, as in the stylesheet
const SPARE = 6; // rows drawn beyond what is in sight
const FILTERS = { agent: "Agent", supplier: "Supplier", rule: "Rule" };
const SHOWS = { waiting: "waiting", snoozed: "snoozed", decided: "decided" };
const EXPIRES = { 1: "within 1 h", 4: "within 4 h", 12: "within 12 h" };
const HOUR = 3600000; // milliseconds
const NOTHING_TO_SHOW = { waiting: "Nothing waits for a person.", snoozed: "Nothing is snoozed.",
  decided: "Nobody has decided anything since the last release." };

const written = (value) => `${value < 0 ? "−" : ""}${Math.abs(Math.round(value)).toLocaleString("en-US").replaceAll(",", "\u202f")}`;
const total = (rows, of) => rows.reduce((sum, row) => sum + row[of], 0);
const counted = (count, one, many) => `${written(count)}\u00a0${count === 1 ? one : many}`;

// Where a row stands: whether it waits, is hidden until later, or was decided.
function standing(row) {
  if (!row.waits) return "decided";
  return row.snoozed && row.snoozed > Date.now() ? "snoozed" : "waiting";
}

// The queue of `model`; `open` is told the id of a row to open, `settle` rows to settle together and what they
// have in common, `redraw` that units were switched.
function queueOf(model, { open, settle, redraw }) {
  const asked = model.get("asked"); // in the page's address: it goes before what was chosen last
  const state = { show: "waiting", find: "", agent: "", supplier: "", rule: "", expires: "", group: "", units: false,
    ...(Object.keys(asked).length ? asked : kept("filter", {})), cursor: "", selected: "", at: 0, entries: [], from: -1, to: -1 };
  const list = make("div", { className: "wb-scroll wb-queue", attributes: { tabindex: "-1" } });
  const sum = make("div", { className: "wb-sum", attributes: { role: "status" } });
  const find = make("input", { type: "search", placeholder: "SKU, supplier or words", value: state.find,
    attributes: { "aria-label": "Find" }, oninput: () => set("find", find.value) });
  const fields = { show: choice("show", "Show"), agent: choice("agent", "Agent"), supplier: choice("supplier", "Supplier"),
    rule: choice("rule", "Rule"), expires: choice("expires", "Expires"), group: choice("group", "Group by") };
  const units = make("button", { type: "button", attributes: { "data-switch": "units" }, onclick: () => set("units", !state.units) });
  const together = make("button", { type: "button", attributes: { "data-ask": "together" }, onclick: () => settle(settled(), inWords()) });
  const bar = make("div", { className: "wb-bar wb-filters" }, sum, make("label", {}, "Find ", find),
    ...Object.values(fields).map((field) => field.label), units, together);
  const money = (value) => `${written(value)}\u00a0${model.get("currency")}`;

  function choice(name, heading) {
    const field = make("select", { attributes: { "data-filter": name }, onchange: () => set(name, field.value) });
    return { field, label: make("label", {}, `${heading} `, field) };
  }

  function set(name, value) {
    state[name] = value;
    const { show, find: words, agent, supplier, rule, expires, group, units: inUnits } = state;
    keep("filter", { show, find: words, agent, supplier, rule, expires, group, units: inUnits });
    list.scrollTop = 0;
    draw();
    if (name === "units") redraw();
  }

  // ---- which rows

  const fits = (row) => standing(row) === state.show && Object.keys(FILTERS).every((name) => !state[name] || row[name] === state[name])
    && (!state.expires || (row.expires !== null && row.expires - Date.now() <= Number(state.expires) * HOUR))
    && (!state.find || found(row, state.find.trim().toLowerCase()));
  const found = (row, words) => [row.id, row.title, row.supplier, row.why, ...row.skus].some((text) => text.toLowerCase().includes(words));
  const shown = () => model.get("rows").filter(fits);
  const settled = () => (state.show === "waiting" ? shown() : []);

  function inWords() {
    const chosen = Object.entries(FILTERS).filter(([name]) => state[name]).map(([name, heading]) => `${heading}: ${state[name]}`);
    if (state.expires) chosen.push(`Expires ${EXPIRES[state.expires]}`);
    if (state.find) chosen.push(`Find: ${state.find}`);
    return chosen.length ? chosen.join(" · ") : "no filter: all that wait";
  }

  function entriesOf(rows) {
    if (!state.group) return rows.map((row) => ({ row }));
    const groups = Map.groupBy ? Map.groupBy(rows, (row) => row[state.group])
      : rows.reduce((all, row) => all.set(row[state.group], [...(all.get(row[state.group]) ?? []), row]), new Map());
    return [...groups].sort(([, one], [, other]) => total(other, "risk") - total(one, "risk"))
      .flatMap(([name, own]) => [{ group: name, rows: own }, ...own.map((row) => ({ row }))]);
  }

  // ---- drawing

  function draw() {
    const all = model.get("rows");
    const rows = shown();
    // a row that has gone leaves the cursor to the one that took its place
    const at = state.entries.filter((entry) => entry.row).findIndex((entry) => entry.row.id === state.cursor);
    if (!rows.some((row) => row.id === state.cursor)) state.cursor = rows[Math.min(Math.max(at, 0), rows.length - 1)]?.id ?? "";
    state.entries = entriesOf(rows);
    sum.textContent = headline(rows);
    for (const name of Object.keys(FILTERS)) fill(name, valuesOf(all, name).map((value) => [value, value]), "all");
    fill("show", Object.entries(SHOWS).map(([code, text]) => [code, `${text} (${all.filter((row) => standing(row) === code).length})`]));
    fill("expires", Object.entries(EXPIRES), "any time");
    fill("group", Object.entries(FILTERS), "nothing");
    units.textContent = state.units ? `Show ${model.get("currency")}` : "Show units";
    const many = settled().filter((row) => !row.alone).length;
    together.hidden = many < 2;
    together.textContent = `Approve ${counted(many, "item", "items")} together…`;
    state.from = -1;
    sight();
  }

  function headline(rows) {
    const word = { waiting: ["decision waits", "decisions wait"], snoozed: ["decision is snoozed", "decisions are snoozed"],
      decided: ["decision was made", "decisions were made"] }[state.show];
    return rows.length ? `${counted(rows.length, ...word)}, ${state.units ? `${written(total(rows, "units"))} units` : `${money(total(rows, "risk"))} at risk`}`
      : NOTHING_TO_SHOW[state.show].replace(".", "");
  }

  const valuesOf = (rows, name) => [...new Set(rows.map((row) => row[name]))].filter(Boolean).sort();

  // the options of a choice; one that no row has any more falls back to all
  function fill(name, options, all) {
    const { field, label } = fields[name];
    const wanted = all === undefined ? options : [["", all], ...options];
    if (!wanted.some(([code]) => code === state[name])) state[name] = wanted[0][0];
    label.hidden = name in FILTERS && options.length < 2;
    const now = JSON.stringify(wanted);
    if (field.dataset.options !== now) {
      field.dataset.options = now;
      field.replaceChildren(...wanted.map(([code, text]) => make("option", { value: code, text })));
    }
    field.value = state[name];
  }

  // draw the rows in sight, between two blanks as high as the rest
  function sight() {
    const { entries } = state;
    if (!entries.length) {
      const filtered = model.get("rows").some((row) => standing(row) === state.show);
      list.replaceChildren(make("div", { className: "wb-card wb-quiet", text: filtered ? "Nothing fits the filter." : NOTHING_TO_SHOW[state.show] }));
      return;
    }
    const from = Math.max(0, Math.floor(list.scrollTop / ROW_HEIGHT) - SPARE);
    const to = Math.min(entries.length, Math.ceil((list.scrollTop + (list.clientHeight || 800)) / ROW_HEIGHT) + SPARE);
    if (from === state.from && to === state.to) return;
    [state.from, state.to] = [from, to];
    const had = list.contains(document.activeElement);
    const head = make("tr", {}, make("th", { className: "wb-number", text: state.units ? "Units" : `At risk, ${model.get("currency")}` }),
      make("th", { text: "What is proposed" }), make("th", { text: state.show === "decided" ? "Decision" : "Why it waits" }));
    const body = make("tbody", {}, blank(from), ...entries.slice(from, to).map((entry, at) => drawEntry(entry, from + at)), blank(entries.length - to));
    list.replaceChildren(make("table", { className: "wb-table wb-queue-table",
      attributes: { "aria-label": "Queue", "aria-rowcount": String(entries.length + 1) } }, make("thead", {}, head), body));
    mark();
    if (had) (rowAt(state.cursor) ?? list).focus({ preventScroll: true });
  }

  const blank = (rows) => (rows ? make("tr", { className: "wb-blank", attributes: { "aria-hidden": "true" } },
    make("td", { colSpan: 3, style: `height:${rows * ROW_HEIGHT}px` })) : null);

  function drawEntry(entry, at) {
    if (entry.row) return drawRow(entry.row, at);
    const rows = entry.rows.filter((row) => !row.alone);
    const name = entry.group || "none";
    const button = make("button", { type: "button", text: `Approve ${written(rows.length)} together…`, hidden: state.show !== "waiting" || rows.length < 2,
      onclick: () => settle(entry.rows, [`${FILTERS[state.group]}: ${name}`, ...(inWords().startsWith("no filter") ? [] : [inWords()])].join(" · ")) });
    return make("tr", { className: "wb-group", attributes: { "aria-rowindex": String(at + 2) } },
      make("td", { className: "wb-number", text: state.units ? written(total(entry.rows, "units")) : written(total(entry.rows, "risk")) }),
      make("td", { colSpan: 2 }, make("div", { className: "wb-clip" }, make("b", { text: name }), ` ${counted(entry.rows.length, "item", "items")} `, button)));
  }

  function drawRow(row, at) {
    return make("tr", { attributes: { "data-id": row.id, "aria-rowindex": String(at + 2), tabindex: "-1" }, onclick: () => open(row.id),
      onfocus: () => { state.cursor = row.id; mark(); } },
    make("td", { className: "wb-number", text: state.units ? written(row.units) : written(row.risk) }),
    make("td", { className: "wb-what" }, make("div", { className: "wb-clip", attributes: { title: row.title } }, row.title), make("span", { className: "wb-under", text: row.under })),
    make("td", {}, make("div", { className: "wb-clip wb-clip-3", attributes: { title: row.why } }, row.why)));
  }

  const rowAt = (id) => list.querySelector(`tr[data-id="${CSS.escape(id)}"]`);

  function mark() {
    for (const line of list.querySelectorAll("tr[data-id]")) {
      line.setAttribute("aria-selected", String(line.dataset.id === state.selected));
      line.tabIndex = line.dataset.id === state.cursor ? 0 : -1;
    }
  }

  // ---- moving

  function move(to) {
    const ids = state.entries.map((entry) => entry.row?.id ?? "");
    const rows = ids.filter(Boolean);
    if (!rows.length) return;
    const at = rows.indexOf(state.cursor);
    const [first, last] = [0, rows.length - 1];
    state.cursor = rows[{ first, last, next: Math.min(last, at + 1), before: Math.max(first, at - 1), here: Math.max(first, at) }[to]];
    const top = ids.indexOf(state.cursor) * ROW_HEIGHT;
    const room = list.clientHeight - 2 * ROW_HEIGHT;
    if (top < list.scrollTop + ROW_HEIGHT) list.scrollTop = Math.max(0, top - ROW_HEIGHT);
    else if (top > list.scrollTop + room) list.scrollTop = top - room;
    sight();
    rowAt(state.cursor)?.focus({ preventScroll: true });
  }

  // what waits after the open item, else before it; once decided it has left its place to the next
  function next() {
    const rows = shown().filter((row) => standing(row) === "waiting");
    const at = rows.findIndex((row) => row.id === state.selected);
    if (at >= 0) rows.splice(at, 1);
    return rows[Math.min(at >= 0 ? at : state.at, rows.length - 1)]?.id;
  }

  function select(id) {
    state.selected = id;
    const at = shown().findIndex((row) => row.id === id);
    if (at >= 0) state.at = at;
    if (rowAt(id)) state.cursor = id;
    mark();
  }

  list.addEventListener("scroll", () => requestAnimationFrame(sight));
  const sized = new ResizeObserver(() => sight());
  sized.observe(list);
  return { bar, list, draw, move, next, select, find, money, cursor: () => state.cursor, inUnits: () => state.units, stop: () => sized.disconnect() };
}
