// The what-if panel in the page: four sliders, and what the day's orders would be, before and after.
//
// A slider asks the kernel when it is let go, and never while an answer is on its way: what was moved
// meanwhile is asked next, all in one. What was not moved is not asked: null means as it is.

function render({ model, el }) {
  const state = { asked: 0, waits: false, again: false, timer: null, values: blank() };
  const status = make("div", { className: "wb-whatif-status", attributes: { role: "status", "aria-live": "polite" } });
  const form = make("div", { className: "wb-sliders" });
  const totals = make("div", { className: "wb-facts" });
  const table = make("div", { className: "wb-scroll" });
  const after = make("button", { type: "button", text: "Back to how it is", onclick: reset, attributes: { "data-ask": "reset" } });
  el.append(make("div", { className: "wb wb-panel wb-whatif wb-card" }, form,
    make("div", { className: "wb-buttons" }, after, status), totals, table));

  function blank() {
    return { budget: null, service: null, who: "", later: null, duty: null };
  }

  // ---- what can be moved

  const spaced = (value) => Math.round(value).toString().replace(/\B(?=(\d{3})+(?!\d))/g, "\u202f");
  const signed = (value) => (value > 0 ? `${value} days later` : value < 0 ? `${-value} days sooner` : "as it is");

  function drawForm() {
    const { budget, service, days, duty, who, currency } = model.get("controls");
    const whose = who.find((choice) => choice.name === state.values.who);
    form.replaceChildren(
      slider("budget", "Budget", { min: budget.low, max: budget.high, step: budget.step },
        budget.now ?? budget.high, (value) => `${spaced(value)}\u00a0${currency}`, budget.now === null ? "no limit" : null),
      slider("service", "Service: fill rate to reach", { min: service.low, max: service.high, step: 0.005 },
        service.now, (value) => `${(100 * value).toFixed(1)}\u00a0%`, service.said),
      chooser(who),
      slider("later", "Lead time", { min: days.low, max: days.high, step: 1 }, 0, signed,
        whose ? `as it is: ${whose.days} days` : "choose a supplier first", !whose),
      slider("duty", "Duty rate", { min: 0, max: duty.high, step: 0.005 }, whose ? Math.min(whose.duty, duty.high) : 0,
        (value) => `${(100 * value).toFixed(1)}\u00a0%`, whose ? `as it is: ${(100 * whose.duty).toFixed(1)}\u00a0%` : "choose a supplier first", !whose));
  }

  function slider(name, title, range, now, write, unmoved = null, disabled = false) {
    const moved = state.values[name];
    const said = make("output", { className: moved === null ? "" : "wb-moved" });
    // as text: a property set before its range would be cut to 0 … 100
    const field = make("input", { type: "range", disabled, attributes: { ...range, "data-slider": name, "aria-label": title } });
    field.value = moved ?? now;
    const tell = (value) => {
      said.textContent = value === null ? unmoved ?? write(now) : write(value);
      said.className = value === null ? "" : "wb-moved";
      field.setAttribute("aria-valuetext", said.textContent);
    };
    tell(moved);
    field.addEventListener("input", () => tell(Number(field.value)));
    field.addEventListener("change", () => {
      state.values[name] = Number(field.value);
      ask();
    });
    return make("label", { className: "wb-slider" }, make("span", { className: "wb-label", text: title }), said, field);
  }

  function chooser(who) {
    const field = make("select", { attributes: { "data-slider": "who", "aria-label": "Supplier" }, onchange: () => {
      const asks = state.values.later !== null || state.values.duty !== null;
      Object.assign(state.values, { who: field.value, later: null, duty: null });
      drawForm();
      form.querySelector("[data-slider=who]").focus();
      if (asks) ask();
    } }, make("option", { value: "", text: "choose one, or a country" }),
    ...who.map(({ name }) => make("option", { value: name, text: name, selected: name === state.values.who })));
    return make("label", { className: "wb-slider" }, make("span", { className: "wb-label", text: "Supplier whose terms change" }), make("span"), field);
  }

  function reset() {
    state.values = blank();
    drawForm();
    ask();
  }

  // ---- to the kernel and back

  function ask() {
    if (state.waits) {
      state.again = true;
      return;
    }
    state.waits = true;
    state.asked += 1;
    say("Reckoning …");
    clearTimeout(state.timer);
    state.timer = setTimeout(() => {
      state.waits = false;
      say("No answer from the kernel: the figures below are of before. Reload the page.", true);
    }, 4 * NO_ANSWER_AFTER);
    model.send({ ask: "what_if", number: state.asked, ...state.values });
  }

  function say(text, wrong = false) {
    status.textContent = wrong ? `▲ ${text}` : text;
    status.classList.toggle("wb-short", wrong);
    el.firstChild.setAttribute("aria-busy", String(state.waits));
  }

  function onResult() {
    const result = model.get("result");
    if (result.number === state.asked && state.waits) {
      state.waits = false;
      clearTimeout(state.timer);
    }
    drawResult();
    if (state.again) {
      state.again = false;
      ask();
    } else if (result.fault) say(result.fault, true);
    else say(result.number ? `Answered in ${result.seconds} s; nothing of it is recorded.` : "Move a slider: nothing of it is recorded.");
  }

  function drawResult() {
    const result = model.get("result");
    totals.replaceChildren(...result.totals.map(({ name, before, after: then, by, unit }) => make("div", {},
      make("div", { className: "wb-label", text: unit ? `${name}, ${unit}` : name }),
      make("div", { className: "wb-fact", text: before === "" ? then : `${before} → ${then}` }),
      make("div", { className: "wb-under", text: by }))));
    const head = ["Supplier", "Spend", "Expected gain", "Fill rate, %", "Cover, days", "Lines changed"];
    table.replaceChildren(result.suppliers.length ? make("table", { className: "wb-table", attributes: { "aria-label": "By supplier" } },
      make("thead", {}, make("tr", {}, ...head.map((text, index) => make("th", { text, className: index ? "wb-number" : "" })))),
      make("tbody", {}, ...result.suppliers.map(({ supplier, cells }) => make("tr", {}, make("td", { text: supplier }),
        ...cells.map((text) => make("td", { className: "wb-number", text }))))))
      : make("p", { className: "wb-quiet", text: "Nothing would be ordered." }));
  }

  model.on("change:result", onResult);
  drawForm();
  onResult();
  return () => {
    clearTimeout(state.timer);
    model.off("change:result", onResult);
  };
}

export default { render };
