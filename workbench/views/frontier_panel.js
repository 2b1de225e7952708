// Plans of the day in the page: a list to pick from, what the open one would change, and a button to use it.

function render({ model, el }) {
  const list = make("div", { className: "wb-scroll wb-queue" });
  const item = make("section", { className: "wb-card wb-item", attributes: { "aria-label": "The plan" } });
  const kernel = asking(model, item);
  const reason = make("textarea", { placeholder: "Needed: it is kept with your name", attributes: { "aria-label": "Reason" } });
  el.append(make("div", { className: "wb wb-panel wb-frontier" }, make("div", { className: "wb-split" }, list, item)));

  function drawList() {
    const head = ["Plan", ...model.get("headings").map(([text, unit]) => (unit ? `${text}, ${unit}` : text))];
    list.replaceChildren(make("table", { className: "wb-table wb-queue-table", attributes: { "aria-label": "Plans of the day" } },
      make("thead", {}, make("tr", {}, ...head.map((text, index) => make("th", { text, className: index ? "wb-number" : "" })))),
      make("tbody", {}, ...model.get("plans").map(drawPlan))));
    markOpen();
  }

  function drawPlan({ plan, current, cells }) {
    const open = () => kernel.send({ ask: "open", plan }, { decides: false, unanswered: "No answer from the kernel: reload the page." });
    return make("tr", { attributes: { "data-plan": plan, tabindex: "-1" }, onclick: open, onkeydown: (event) => steer(event, open) },
      make("td", { text: String(plan) }, current ? make("span", { className: "wb-under", text: "today's" }) : null),
      ...cells.map(([value, more]) => make("td", { className: "wb-number", text: value }, make("span", { className: "wb-under", text: more }))));
  }

  function markOpen() {
    const open = String(model.get("plan").plan);
    for (const row of list.querySelectorAll("tbody tr")) {
      row.setAttribute("aria-selected", String(row.dataset.plan === open));
      row.tabIndex = row.dataset.plan === open ? 0 : -1;
    }
  }

  function drawItem() {
    const { plan, current, facts, moves } = model.get("plan");
    item.replaceChildren(make("h3", { text: current ? `Plan ${plan} is today's` : `Plan ${plan} against today's` }), factsOf(facts),
      make("h4", { text: "Orders that change way" }),
      tableOf(["Today", "With this plan", "Orders"], moves, ["", "", "number"], "None."), decide(plan, current));
    markOpen();
  }

  function decide(plan, current) {
    const refused = model.get("may_not"), planning = model.get("planning"), came = model.get("came");
    const parts = came.text ? [make("div", { className: `wb-answer wb-${came.tone}`, text: came.text })] : [];
    if (planning) parts.push(make("p", { className: "wb-planning", text: planning }));
    else if (refused) parts.push(make("div", { className: "wb-why wb-refused", text: refused }));
    else if (!current) {
      parts.push(make("label", {}, "Reason", reason), make("div", { className: "wb-buttons" },
        make("button", { type: "button", className: "wb-first", text: "Use this plan", attributes: { "data-ask": "use" }, onclick: () => use(plan) }),
        make("span", { className: "wb-quiet", text: "The day is planned again with it; what has left stays." })));
    }
    return make("div", { className: "wb-decide" }, kernel.line, ...parts);
  }

  function use(plan) {
    kernel.send({ ask: "use", plan, reason: reason.value }, { decides: true,
      unanswered: "No answer from the kernel: it is not known whether this was recorded. Reload the page to see." });
  }

  function onPlanning() {
    kernel.say({ text: "" }); // what was answered when it began is over
    drawItem();
  }

  const heard = [["change:plans", drawList], ["change:plan", drawItem], ["change:planning", onPlanning], ["change:answer", () => kernel.hear()]];
  for (const [event, listener] of heard) model.on(event, listener);
  drawList();
  drawItem();
  return () => {
    kernel.stop();
    for (const [event, listener] of heard) model.off(event, listener);
  };
}

export default { render };
