// The approval panel in the page: a queue, one item of it, and what a person decides.
//
// A decision leaves as ONE message with the item's id, its changed quantities and the reason: nothing typed
// can arrive late or apart from its click, and no row is named by where it stands.

function render({ model, el }) {
  const state = { show: "waiting", agent: "", selected: "" };
  const bar = make("div", { className: "wb-bar" });
  const queue = make("div", { className: "wb-scroll wb-queue" });
  const item = make("section", { attributes: { "aria-label": "The item" } });
  const kernel = asking(model, item);
  const root = make("div", { className: "wb wb-panel" }, bar, make("div", { className: "wb-split" }, queue, item));
  el.append(root);

  // ---- the queue

  const rows = () => model.get("rows").filter((row) =>
    (state.show === "waiting") === row.waits && (!state.agent || row.agent === state.agent));

  function drawBar() {
    const all = model.get("rows");
    const agents = [...new Set(all.map((row) => row.agent))].sort();
    const waiting = all.filter((row) => row.waits).length;
    const show = select("Show", [["waiting", `waiting (${waiting})`], ["decided", `decided (${all.length - waiting})`]],
      state.show, (value) => { state.show = value; draw(); });
    const agent = agents.length < 2 ? null : select("Agent", [["", "all"], ...agents.map((name) => [name, name])],
      state.agent, (value) => { state.agent = value; draw(); });
    bar.replaceChildren(make("div", { className: "wb-sum", text: model.get("headline") }), show, ...(agent ? [agent] : []));
  }

  function select(label, options, value, choose) {
    const field = make("select", { onchange: () => choose(field.value) },
      ...options.map(([code, text]) => make("option", { value: code, text, selected: code === value })));
    return make("label", {}, `${label} `, field);
  }

  function drawQueue() {
    const shown = rows();
    if (!shown.length) {
      queue.replaceChildren(make("div", { className: "wb-card wb-quiet", text:
        state.show === "waiting" ? "Nothing waits for a person." : "Nobody has decided anything since the last release." }));
      return;
    }
    const head = make("thead", {}, make("tr", {},
      make("th", { className: "wb-number", text: "At risk" }), make("th", { text: "What is proposed" }),
      make("th", { text: state.show === "waiting" ? "Why it waits" : "Decision" })));
    const body = make("tbody", {}, ...shown.map(drawRow));
    const table = make("table", { className: "wb-table wb-queue-table", attributes: { "aria-label": "Queue" } }, head, body);
    const had = queue.contains(document.activeElement);
    queue.replaceChildren(table);
    markSelected();
    if (had) (body.querySelector('[tabindex="0"]') ?? body.firstChild).focus();
  }

  function drawRow(row) {
    return make("tr", {
      attributes: { "data-id": row.id, tabindex: "-1" },
      onclick: () => open(row.id),
      onkeydown: (event) => steer(event, () => open(row.id)),
    },
    make("td", { className: "wb-number", text: row.risk }),
    make("td", { className: "wb-what", text: row.title }, make("span", { className: "wb-under", text: row.under })),
    make("td", { text: row.why }));
  }

  function markSelected() {
    const lines = [...queue.querySelectorAll("tbody tr")];
    const chosen = lines.find((line) => line.dataset.id === state.selected) ?? lines[0];
    for (const line of lines) {
      line.setAttribute("aria-selected", String(line.dataset.id === state.selected));
      line.tabIndex = line === chosen ? 0 : -1;
    }
  }

  // ---- the item

  function drawItem() {
    const it = model.get("item");
    state.selected = it.id ?? "";
    markSelected();
    if (!it.id) {
      item.replaceChildren();
      return;
    }
    item.className = "wb-card wb-item";
    const fields = new Map();
    item.replaceChildren(
      make("h3", { text: it.title }),
      make("p", { className: "wb-quiet", text: it.under }),
      make("div", { className: "wb-facts" }, ...it.facts.map(([name, value]) =>
        make("div", {}, make("div", { className: "wb-label", text: name }), make("div", { className: "wb-fact", text: value })))),
      make("div", { className: it.may.includes("approve") ? "wb-why" : "wb-why wb-decided" }, make("b", { text: it.stands }), ` ${it.why}`),
      make("h4", { text: "If nothing is done" }), make("p", { text: it.if_nothing }),
      make("h4", { text: "Instead" }),
      table(["What else could be done", "Cost"], it.alternatives, [false, true], "No other action was found."),
      make("h4", { text: "It rests on" }), make("ul", {}, ...it.evidence.map((text) => make("li", { text }))),
      ...(it.lines.length ? [make("h4", { text: it.lines_title }), lines(it, fields)] : []),
      decide(it, fields),
    );
  }

  function table(headings, cells, right, empty, kind = "") {
    if (!cells.length) return make("p", { className: "wb-quiet", text: empty });
    const side = (index) => (right[index] ? "wb-number" : "");
    return make("div", { className: "wb-scroll" }, make("table", { className: `wb-table ${kind}` },
      make("thead", {}, make("tr", {}, ...headings.map((text, index) => make("th", { text, className: side(index) })))),
      make("tbody", {}, ...cells.map((row) => make("tr", {}, ...row.map((cell, index) =>
        make("td", { className: side(index) }, cell)))))));
  }

  function lines(it, fields) {
    const cells = it.lines.map((line) => [line.quantity === null || !it.editable ? line.written : quantity(line, fields),
      ...line.cells]);
    return table(["Quantity", ...it.columns.map((column) => column.heading)], cells,
      [true, ...it.columns.map((column) => column.right)], "", "wb-lines");
  }

  function quantity(line, fields) {
    const was = make("span", { className: "wb-was", hidden: true, text: `was ${line.written}` });
    const field = make("input", { type: "number", value: line.quantity, min: 0, step: "any",
      attributes: { "aria-label": `Quantity of ${line.cells[0]}` } });
    field.addEventListener("input", () => {
      const changed = Number(field.value) !== line.quantity || field.value === "";
      field.classList.toggle("wb-changed", changed);
      was.hidden = !changed;
      relabel(fields);
    });
    fields.set(line.position, { field, before: line.quantity });
    return make("div", {}, field, was);
  }

  const changed = (fields) => [...fields].filter(([, { field, before }]) => field.value === "" || Number(field.value) !== before);

  function relabel(fields) {
    const button = item.querySelector('[data-ask="approve"]');
    if (button) button.textContent = changed(fields).length ? "Approve with changes" : "Approve";
  }

  function decide(it, fields) {
    const reason = make("textarea", { attributes: { "aria-label": "Reason" },
      placeholder: it.may.includes("reject") ? "Needed to reject; kept with the decision in any case" : "Kept with the decision" });
    const act = (ask) => () => {
      if (ask === "reject" && !reason.value.trim()) {
        kernel.say({ text: "Say in your own words why it is rejected; the agent's scorecard and the next planner need it.", tone: "wrong" });
        reason.focus();
        return;
      }
      const quantities = Object.fromEntries(changed(fields).map(([position, { field }]) => [position, field.value]));
      send({ ask, id: it.id, reason: reason.value, quantities: ask === "approve" ? quantities : {} });
    };
    const named = { approve: "Approve", reject: "Reject", undo: "Undo" };
    const buttons = it.may.map((ask) => make("button", { type: "button", text: named[ask], onclick: act(ask),
      className: ask === "approve" ? "wb-first" : "", attributes: { "data-ask": ask } }));
    // what came of the last click stands where the eye is
    return make("div", { className: "wb-decide" }, kernel.line, it.may.length ? make("label", {}, "Reason", reason) : "",
      make("div", { className: "wb-buttons" }, ...buttons, next()));
  }

  function next() {
    const waiting = model.get("rows").filter((row) => row.waits && row.id !== state.selected
      && (!state.agent || row.agent === state.agent));
    return !waiting.length ? "" : make("button", { type: "button", text: "Next that waits",
      attributes: { "data-ask": "next" }, onclick: () => open(waiting[0].id) });
  }

  // ---- to the kernel and back

  function open(id) {
    state.selected = id;
    markSelected();
    send({ ask: "open", id });
  }

  function send(message) {
    kernel.send(message, { decides: true,
      unanswered: "No answer from the kernel: it is not known whether this was recorded. Reload the page to see." });
  }

  function onAnswer() {
    const said = kernel.hear();
    if (said.text && said.tone === "good") item.querySelector('[data-ask="next"]')?.focus();
  }

  function draw() {
    drawBar();
    drawQueue();
  }
  const heard = [["change:rows", draw], ["change:headline", drawBar], ["change:item", drawItem], ["change:answer", onAnswer]];
  for (const [event, listener] of heard) model.on(event, listener);
  draw();
  drawItem();
  return () => {
    kernel.stop();
    for (const [event, listener] of heard) model.off(event, listener);
  };
}

export default { render };
