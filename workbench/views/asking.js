// Asking the kernel and hearing its answer: what panels with a list, an open item and decisions share.

// Questions of `model` from the panel whose open item is `item`. `line` says what came of the last one; a
// question that `decides` switches the item's buttons off until it is answered.
function asking(model, item) {
  const line = make("div", { attributes: { role: "status", "aria-live": "polite" } });
  const state = { asked: 0, decides: 0, timer: null };
  const switchOff = (off) => { for (const button of item.querySelectorAll("button")) button.disabled = off; };

  function say({ text, tone }) {
    line.replaceChildren(...(text ? [make("div", { className: `wb-answer wb-${tone}`, text })] : []));
  }

  function send(message, { decides, unanswered }) {
    state.asked += 1;
    if (decides) {
      state.decides = state.asked;
      switchOff(true);
    }
    clearTimeout(state.timer);
    state.timer = setTimeout(() => say({ tone: "wrong", text: unanswered }), NO_ANSWER_AFTER);
    model.send({ ...message, number: state.asked });
  }

  function hear() {
    const said = model.get("answer");
    const decided = said.number === state.decides;
    if (said.number === state.asked) clearTimeout(state.timer);
    if (decided) switchOff(false);
    if (said.text || decided) say(said);
    return said;
  }

  return { line, say, send, hear, stop: () => clearTimeout(state.timer) };
}

// Keys on a row of a list: arrows move, Enter and space open.
function steer(event, open) {
  const row = event.currentTarget;
  const to = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling,
    Home: row.parentNode.firstChild, End: row.parentNode.lastChild }[event.key];
  if (event.key === "Enter" || event.key === " ") open();
  else if (to) to.focus();
  else return;
  event.preventDefault();
}
