// The agents' panel: levels by kind of decision, a stop button per agent, and levels that wait for a word.

function render({ model, el }) {
  const body = make("div", { className: "wb-scroll" });
  const reason = make("input", { type: "text", maxLength: 400, placeholder: "Needed to stop an agent or to let it go on; it is kept",
    attributes: { "aria-label": "Reason" } });
  const kernel = asking(model, body);
  let sent = "";
  el.append(make("div", { className: "wb wb-panel wb-agents" }, make("label", {}, "Reason ", reason),
    kernel.line, body));

  function send(message) {
    sent = reason.value;
    kernel.send({ ...message, reason: sent }, { decides: true,
      unanswered: "No answer from the kernel: it is not known whether this was recorded. Reload the page to see." });
  }

  function button(text, message) {
    const label = [message.ask, message.kind, message.agent].filter(Boolean).join(" ").replaceAll("_", " ");
    return make("button", { type: "button", text, onclick: () => send(message),
      attributes: { "data-ask": message.ask, "data-agent": message.agent, "aria-label": label } });
  }

  function rows(agent) {
    const press = agent.stopped
      ? button("Let it go on", { ask: "resume", agent: agent.agent })
      : button("Stop", { ask: "stop", agent: agent.agent });
    return agent.kinds.map((kind, place) => make("tr", {},
      make("td", {}, ...(place ? [] : [make("b", { text: agent.name }), press])),
      make("td", { text: kind.name }),
      make("td", { text: agent.stopped ? `■ stopped by a person (${kind.level})` : kind.level }),
      make("td", { className: "wb-number", text: kind.counted }),
      make("td", { className: "wb-number", text: kind.bar }),
      make("td", {}, kind.missing, kind.proposed
        ? make("span", { className: "wb-under" }, button(`Promote to ${kind.proposed}`, { ask: "promote", agent: agent.agent, kind: kind.kind }))
        : "")));
  }

  function draw() {
    const headings = ["Agent", "Kind of decision", "Level", "Matured since its last change", "Surely right, against the bar",
      "Missing to the next level"];
    const right = new Set([3, 4]);
    body.replaceChildren(make("table", { className: "wb-table", attributes: { "aria-label": "Agents" } },
      make("thead", {}, make("tr", {}, ...headings.map((text, place) => make("th", { text, className: right.has(place) ? "wb-number" : "" })))),
      make("tbody", {}, ...model.get("agents").flatMap(rows))));
  }

  const onAnswer = () => {
    // what was typed since for the next question stays
    if (kernel.hear().tone === "good" && reason.value === sent) reason.value = "";
  };
  const heard = [["change:agents", draw], ["change:answer", onAnswer]];
  for (const [event, listener] of heard) model.on(event, listener);
  draw();
  return () => {
    kernel.stop();
    for (const [event, listener] of heard) model.off(event, listener);
  };
}

export default { render };
