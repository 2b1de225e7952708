// The order grid in the page: today's orders by supplier, the lines of one of them, and quantities to try.
//
// What is typed goes to the kernel a moment after the last key; the figures that come back are written into
// the cells that stand there, so that nobody's typing is disturbed. An approval leaves as ONE message with the
// order's id, all its changed quantities and the reason. No order or line is named by where it stands.

const TRY_AFTER = 250; // milliseconds after the last key

function render({ model, el }) {
  const state = { find: "", tryTimer: null, fields: new Map(), cells: new Map() };
  const bar = make("div", { className: "wb-bar wb-orders-bar", attributes: { role: "status", "aria-live": "polite" } });
  const list = make("div", { className: "wb-scroll wb-queue" });
  const item = make("section", { attributes: { "aria-label": "The order" } });
  const kernel = asking(model, item);
  el.append(make("div", { className: "wb wb-panel wb-orders" }, bar, make("div", { className: "wb-split" }, list, item)));

  // ---- all orders against the budget

  function drawBar() {
    const { text, note, share, over } = model.get("sums");
    const meter = share === null ? null : make("div", { className: `wb-meter ${over ? "wb-over" : ""}`,
      attributes: { role: "img", "aria-label": note } },
    make("span", { style: `width:${100 * Math.min(1, share)}%` }));
    bar.replaceChildren(make("div", { className: "wb-sum", text }), make("div", { className: "wb-meter-note" },
      over ? make("b", { text: "▲ Above the budget: " }) : null, note), ...(meter ? [meter] : []));
  }

  // ---- the orders

  function drawList() {
    const orders = model.get("orders");
    if (!orders.length) {
      list.replaceChildren(make("div", { className: "wb-card wb-quiet", text: "Nothing needs to be ordered today." }));
      return;
    }
    const head = make("tr", {}, ...["Supplier", "Landed value", "Minimum"].map((text, index) =>
      make("th", { text, className: index ? "wb-number" : "" })));
    const body = make("tbody", {}, ...orders.map(drawOrder));
    const had = list.contains(document.activeElement);
    list.replaceChildren(make("table", { className: "wb-table wb-queue-table", attributes: { "aria-label": "Orders" } },
      make("thead", {}, head), body));
    markSelected();
    if (had) (body.querySelector('[tabindex="0"]') ?? body.firstChild).focus();
  }

  function drawOrder(order) {
    return make("tr", { attributes: { "data-id": order.id, tabindex: "-1" },
      onclick: () => open(order.id), onkeydown: (event) => steer(event, () => open(order.id)) },
    make("td", { className: "wb-what", text: order.supplier },
      make("span", { className: "wb-under", text: order.changed ? `${order.under} · quantities tried` : order.under })),
    make("td", { className: "wb-number wb-what", text: order.value }, make("span", { className: "wb-under", text: order.lines })),
    make("td", { className: "wb-number wb-what", text: order.minimum },
      make("span", { className: order.short ? "wb-under wb-short" : "wb-under", text: order.short ? `▲ ${order.reached}` : order.reached })));
  }

  function markSelected() {
    const selected = model.get("order").id;
    for (const line of list.querySelectorAll("tbody tr")) {
      line.setAttribute("aria-selected", String(line.dataset.id === selected));
      line.tabIndex = line.dataset.id === selected ? 0 : -1;
    }
  }

  // ---- one order

  function drawOrderOpen() {
    const order = model.get("order");
    markSelected();
    state.fields.clear();
    state.cells.clear();
    state.find = "";
    item.className = order.id ? "wb-card wb-item" : "";
    item.replaceChildren(...(order.id ? [make("div", { attributes: { "data-part": "live" } }), lines(order), decide(order)] : []));
    drawLive();
  }

  function lines(order) {
    const { fixed, live } = model.get("columns");
    const head = ["Quantity", "Product", ...live, ...fixed];
    const body = make("tbody", {}, ...order.lines.map((line) => drawLine(order, line)));
    const find = make("input", { type: "search", placeholder: "SKU, product or warehouse",
      attributes: { "aria-label": "Find a line" }, oninput: (event) => filter(body, event.target.value) });
    const more = order.left_out ? make("p", { className: "wb-quiet", text: `${order.left_out} more lines stand in the plan's export.` }) : null;
    return make("div", {}, make("div", { className: "wb-bar" }, make("h4", { className: "wb-sum", text: `${order.lines.length} lines` }),
      order.lines.length > 8 ? make("label", {}, "Find ", find) : null),
    make("div", { className: "wb-scroll" }, make("table", { className: "wb-table wb-lines", attributes: { "aria-label": "Lines" } },
      make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { text, className: text === "Quantity" || live.includes(text) ? "wb-number" : "" })))), body)), more);
  }

  function drawLine(order, line) {
    const { live } = model.get("columns");
    const typed = order.typed[line.position];
    const was = make("span", { className: "wb-was", text: `was ${line.written}`, hidden: typed === undefined });
    const field = make("input", { type: "number", min: 0, step: line.pack, value: typed ?? line.quantity,
      attributes: { "aria-label": `Quantity of ${line.sku} at ${line.warehouse}`, "data-position": String(line.position) } });
    const note = make("span", { className: "wb-line-note", attributes: { role: "status" } });
    const changing = make("span", { className: "wb-line-note wb-line-fault", attributes: { role: "alert" } });
    field.addEventListener("input", () => {
      mark(line.position);
      clearTimeout(state.tryTimer);
      state.tryTimer = setTimeout(attempt, TRY_AFTER);
    });
    state.fields.set(String(line.position), { field, was, before: line.quantity });
    const cells = live.map(() => make("td", { className: "wb-number" }));
    state.cells.set(String(line.position), { cells, note, changing, field });
    return make("tr", { attributes: { "data-find": `${line.product} ${line.warehouse}`.toLowerCase() } },
      make("td", { className: "wb-number" }, field, was),
      make("td", { className: "wb-what", text: line.product }, make("span", { className: "wb-under", text: line.terms }), note, changing),
      ...cells, ...line.cells.map((text) => make("td", { text })));
  }

  function filter(body, text) {
    const wanted = text.trim().toLowerCase();
    for (const line of body.children) line.hidden = !line.dataset.find.includes(wanted);
  }

  const isChanged = ({ field, before }) => field.value === "" || Number(field.value) !== before;
  const changed = () => Object.fromEntries([...state.fields].filter(([, entry]) => isChanged(entry))
    .map(([position, { field }]) => [position, field.value]));

  function mark(position) {
    const entry = state.fields.get(String(position));
    entry.field.classList.toggle("wb-changed", isChanged(entry));
    entry.was.hidden = !isChanged(entry);
    label();
  }

  function label() {
    const some = Object.keys(changed()).length;
    const approve = item.querySelector('[data-ask="approve"]');
    const back = item.querySelector('[data-ask="back"]');
    if (approve) approve.textContent = some ? "Approve with these quantities" : "Approve as proposed";
    if (back) back.disabled = !some;
  }

  // what the kernel has reckoned, written into what stands there
  function drawLive() {
    const live = model.get("live");
    const place = item.querySelector("[data-part=live]");
    if (!place || live.id !== model.get("order").id) return;
    place.replaceChildren(make("h3", { text: live.title }),
      make("p", { className: "wb-quiet", text: model.get("orders").find((order) => order.id === live.id)?.under ?? "" }),
      make("div", { className: "wb-facts" }, ...live.facts.map(([name, value]) => make("div", {},
        make("div", { className: "wb-label", text: name }), make("div", { className: "wb-fact", text: value })))),
      ...(live.pulled ? [make("div", { className: "wb-why wb-decided", text: live.pulled })] : []),
      ...live.warnings.map((text) => make("div", { className: "wb-why", attributes: { role: "alert" } }, make("b", { text: "▲ Mind: " }), text)));
    for (const [position, { cells, note, changing, field }] of state.cells) {
      const line = live.lines[position];
      if (!line) continue;
      cells.forEach((cell, index) => { cell.textContent = line.cells[index]; });
      note.textContent = line.note;
      changing.textContent = line.faults.length ? `▲ ${line.faults.join(" ")}` : "";
      field.setAttribute("aria-invalid", String(line.faults.length > 0));
    }
    for (const position of state.fields.keys()) mark(position);
  }

  function decide(order) {
    const back = make("button", { type: "button", text: "Back to the proposal", attributes: { "data-ask": "back" }, onclick: restore });
    if (!order.waits) {
      return make("div", { className: "wb-decide" }, kernel.line, make("p", { className: "wb-quiet",
        text: "This order does not wait: what is tried here is to look at only." }), make("div", { className: "wb-buttons" }, back));
    }
    const reason = make("textarea", { placeholder: "Needed where a minimum or the budget is broken; kept with the decision",
      attributes: { "aria-label": "Reason" } });
    const approve = make("button", { type: "button", className: "wb-first", attributes: { "data-ask": "approve" },
      onclick: () => {
        clearTimeout(state.tryTimer);
        send({ ask: "approve", id: order.id, quantities: changed(), reason: reason.value });
      } });
    return make("div", { className: "wb-decide" }, kernel.line, make("label", {}, "Reason", reason),
      make("div", { className: "wb-buttons" }, approve, back));
  }

  function restore() {
    for (const [position, { field, before }] of state.fields) {
      field.value = before;
      mark(position);
    }
    attempt();
  }

  // ---- to the kernel and back

  function attempt() {
    clearTimeout(state.tryTimer);
    const { id } = model.get("order");
    if (id) send({ ask: "try", id, quantities: changed() });
  }

  function open(id) {
    if (id === model.get("order").id) return;
    clearTimeout(state.tryTimer);
    send({ ask: "try", id: model.get("order").id, quantities: changed() });
    send({ ask: "open", id });
  }

  function send(message) {
    const decides = message.ask === "approve";
    kernel.send(message, { decides, unanswered: decides
      ? "No answer from the kernel: it is not known whether this was recorded. Reload the page to see."
      : "No answer from the kernel: the figures are not of what is typed. Reload the page." });
  }

  function onAnswer() {
    kernel.hear();
    label();
  }

  const heard = [["change:sums", drawBar], ["change:orders", drawList], ["change:order", drawOrderOpen],
    ["change:live", drawLive], ["change:answer", onAnswer]];
  for (const [event, listener] of heard) model.on(event, listener);
  drawBar();
  drawList();
  drawOrderOpen();
  return () => {
    kernel.stop();
    clearTimeout(state.tryTimer);
    for (const [event, listener] of heard) model.off(event, listener);
  };
}

export default { render };
