// The open item: what it changes from today, why it waits, what else could be done, and the decision.

const TRY_AFTER = 250; // milliseconds after the last key
const SNOOZES = [1, 2, 4]; // hours
const NAMED = { approve: "Approve", reject: "Reject", undo: "Undo" };
const NEEDS_WORDS = "Say in your own words why it is rejected; the agent's scorecard and the next planner need it.";

// A reason code and a comment, which belong to every decision.
function wordsOf(codes, placeholder) {
  const reason = make("textarea", { placeholder, attributes: { "aria-label": "Comment" } });
  const code = make("select", { attributes: { "data-part": "code" } }, ...[["", "none"], ...codes].map(([value, text]) => make("option", { value, text })));
  return { reason, code, part: make("div", { className: "wb-words" }, codes.length ? make("label", {}, "Reason", code) : null,
    make("label", {}, "Comment", reason)), said: () => ({ reason: reason.value, code: code.value }) };
}

// The item in `place`; `send` asks the kernel, `line` is where its answers stand, `queue` knows the next one.
function itemOf(model, place, { send, say, line, queue, openRow }) {
  let open = { fields: new Map() };

  function draw() {
    const it = model.get("item");
    clearTimeout(open.timer);
    open = { it, fields: new Map(), timer: null };
    queue.select(it.id ?? "");
    keep("open", it.id ?? null);
    place.className = it.id ? "wb-card wb-item" : "";
    if (!it.id) {
      place.replaceChildren();
      return;
    }
    if (!it.waits) keep(`draft ${it.id}`, null);
    const draft = kept(`draft ${it.id}`, {});
    open.words = wordsOf(model.get("codes"), it.may.includes("reject") ? "Needed to reject; kept with the decision in any case" : "Kept with the decision");
    open.live = make("div", { attributes: { "data-part": "live", "aria-live": "polite" } });
    open.figure = make("div");
    place.replaceChildren(make("h3", { text: it.title }), make("p", { className: "wb-quiet", text: it.under }), factsOf(it.facts), ...why(it),
      ...(it.compared.length ? [make("h4", { text: "Planned again: what changed" }), compared(it.compared)] : []),
      ...(it.lines.length ? [make("h4", { text: it.lines_title }), lines(it, draft.quantities ?? {})] : []),
      make("h4", { text: "If nothing is done" }), make("p", { text: it.if_nothing }), open.figure,
      make("h4", { text: "Instead" }), tableOf(["What could be done", "Cost", "Dearer than proposed"], it.alternatives, ["", "number", "number"], ""),
      make("h4", { text: `It rests on, as of ${it.as_of}` }), make("ul", {}, ...it.evidence.map((text) => make("li", { text }))), quality(it),
      decide(it));
    open.words.reason.value = draft.reason ?? "";
    open.words.code.value = draft.code ?? "";
    for (const field of [open.words.reason, open.words.code]) field.addEventListener("input", remember);
    drawFigure();
    relabel();
    if (Object.keys(changed()).length) attempt();
  }

  function why(it) {
    return [make("div", { className: it.waits ? "wb-why" : "wb-why wb-decided" }, make("b", { text: it.stands }), ` ${it.why}`),
      ...(it.may_not ? [make("div", { className: "wb-why wb-refused" }, make("b", { text: "■ You may not decide this." }), ` ${it.may_not}`)] : [])];
  }

  const compared = (rows) => tableOf(["", "Before", "Now"], rows, ["", "number", "number"], "");

  function quality(it) {
    if (!it.flags.length) return make("p", { className: "wb-quiet", text: "✓ No quarantined, assumed or unconfirmed input is known behind it." });
    return make("ul", { className: "wb-flags" }, ...it.flags.map((text) => make("li", { text: `▲ ${text}` })));
  }

  function drawFigure() {
    const { it, figure } = open;
    if (it?.prospect) figure.replaceChildren(figureOf(it.prospect, !queue.inUnits()));
  }

  // ---- the lines

  function lines(it, typed) {
    const today = it.today && it.lines.some((part) => part.today !== null);
    const cells = it.lines.map((part) => {
      const change = today ? make("span") : null;
      const cell = part.quantity === null || !it.editable ? quantityText(part, change, it) : quantity(part, change, it, typed[part.position]);
      return [cell, part.cells[0], ...(today ? [change] : []), ...part.cells.slice(1)];
    });
    const [first, ...rest] = it.columns;
    return tableOf(["Quantity", first.heading, ...(today ? [`${it.today.name}: today → after`] : []), ...rest.map((column) => column.heading)], cells,
      ["number", first.kind, ...(today ? ["number"] : []), ...rest.map((column) => column.kind)], "", "wb-lines");
  }

  const after = (part, it, amount) => (part.today === null ? "–" : `${written(part.today)} → ${written((it.today.adds ? part.today : 0) + amount)}`);

  function quantityText(part, cell, it) {
    if (cell) cell.textContent = after(part, it, part.quantity ?? 0);
    return part.quantity === null ? "–" : written(part.quantity);
  }

  function quantity(part, cell, it, typed) {
    const was = make("span", { className: "wb-was", text: `was ${written(part.quantity)}` });
    const note = make("span", { className: "wb-line-note", attributes: { role: "status" } });
    const fault = make("span", { className: "wb-line-note wb-line-fault", attributes: { role: "alert" } });
    const field = make("input", { type: "number", value: typed ?? part.quantity, min: 0, step: part.step,
      attributes: { "aria-label": `Quantity of ${part.cells[0]}`, "data-position": String(part.position) } });
    const show = () => {
      const different = field.value === "" || Number(field.value) !== part.quantity;
      field.classList.toggle("wb-changed", different);
      was.hidden = !different;
      if (cell) cell.textContent = after(part, it, Number(field.value));
    };
    field.addEventListener("input", () => {
      show();
      relabel();
      remember();
      clearTimeout(open.timer);
      open.timer = setTimeout(attempt, TRY_AFTER);
    });
    show();
    open.fields.set(String(part.position), { field, before: part.quantity, note, fault });
    return make("div", {}, field, was, note, fault);
  }

  const changed = () => Object.fromEntries([...open.fields]
    .filter(([, { field, before }]) => field.value === "" || Number(field.value) !== before).map(([position, { field }]) => [position, field.value]));

  function relabel() {
    const button = place.querySelector('[data-ask="approve"]');
    if (button) button.textContent = Object.keys(changed()).length ? "Approve with changes" : "Approve";
  }

  function remember() {
    const draft = { quantities: changed(), ...open.words.said() };
    keep(`draft ${open.it.id}`, Object.keys(draft.quantities).length || draft.reason || draft.code ? draft : null);
  }

  function attempt() {
    send({ ask: "try", id: open.it.id, quantities: changed() });
  }

  // what the kernel reckons of what is typed, written beside it
  function drawTrial() {
    const trial = model.get("trial");
    if (!trial.id || trial.id !== open.it?.id) return;
    for (const [position, { field, note, fault }] of open.fields) {
      const faults = trial.faults[position] ?? [];
      fault.textContent = faults.length ? `▲ ${faults.join(" ")}` : "";
      note.textContent = trial.notes[position] ?? "";
      field.setAttribute("aria-invalid", String(faults.length > 0));
    }
    open.live.replaceChildren(...(trial.facts.length ? [make("div", { className: "wb-live" }, make("b", { text: "With these quantities " }),
      ...trial.facts.map(([name, before, now]) => make("span", { text: `${name}: ${before} → ${now}` })),
      ...(trial.budget ? [make("span", { text: trial.budget })] : []))] : []),
    ...trial.warnings.map((text) => make("div", { className: "wb-why", attributes: { role: "alert" } }, make("b", { text: "▲ Mind: " }), text)));
  }

  // ---- the decision

  function decide(it) {
    const buttons = it.may.filter((ask) => ask in NAMED).map((ask) => make("button", { type: "button", text: NAMED[ask], onclick: () => act(ask),
      className: ask === "approve" ? "wb-first" : "", attributes: { "data-ask": ask } }));
    // what came of the last click stands where the eye is
    return make("div", { className: "wb-decide" }, line, open.live, it.may.length ? open.words.part : null,
      make("div", { className: "wb-buttons" }, ...buttons, ...undoingAll(it), ...snoozing(it), next()));
  }

  // what was approved in one go is taken back in one go
  function undoingAll(it) {
    if (!it.may.includes("undo") || it.together < 2) return [];
    return [make("button", { type: "button", text: `Undo all ${written(it.together)} that were decided together`, attributes: { "data-ask": "undo_together" },
      onclick: () => send({ ask: "undo_together", id: it.id, ...open.words.said() }) })];
  }

  function snoozing(it) {
    const hours = SNOOZES.filter((each) => it.expires === null || Date.now() + each * HOUR < it.expires);
    if (!it.may.includes("snooze") || !hours.length) return [];
    open.snooze = make("select", { attributes: { "aria-label": "Snooze for" } }, ...hours.map((each) => make("option", { value: each, text: `${each} h` })));
    return [make("span", { className: "wb-snooze" }, make("button", { type: "button", text: "Snooze", onclick: () => act("snooze"),
      attributes: { "data-ask": "snooze" } }), open.snooze)];
  }

  function next() {
    const id = queue.next();
    return id ? make("button", { type: "button", text: "Next that waits", attributes: { "data-ask": "next" }, onclick: () => openRow(queue.next() ?? id) }) : null;
  }

  function act(ask) {
    const { it, words } = open;
    if (!it?.id || !it.may.includes(ask)) return;
    if (ask === "reject" && !words.reason.value.trim()) {
      say({ text: NEEDS_WORDS, tone: "wrong" });
      words.reason.focus();
      open.wanted = ask;
      return;
    }
    clearTimeout(open.timer);
    send({ ask, id: it.id, ...words.said(), quantities: ask === "approve" ? changed() : {},
      ...(ask === "snooze" ? { until: Date.now() + Number(open.snooze.value) * HOUR } : {}) });
  }

  // from the comment: what was asked for and wanted words first
  function confirm() {
    if (open.wanted) act(open.wanted);
  }

  return { draw, drawTrial, drawFigure, act, confirm, id: () => open.it?.id ?? "", stop: () => clearTimeout(open.timer) };
}
