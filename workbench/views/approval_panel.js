// The approval panel in the page: a queue, one item of it, and what a person decides.
//
// A decision leaves as ONE message with the item's id, its changed quantities and the reason: nothing typed
// can arrive late or apart from its click, and no row is named by where it stands.

const KEYS = { j: "next", ArrowDown: "next", k: "before", ArrowUp: "before", Home: "first", End: "last" };
const ACTS = { a: "approve", r: "reject", s: "snooze", u: "undo" };
const HELP = [["j k ↑ ↓", "move"], ["Enter", "open"], ["a", "approve"], ["r", "reject: words, then Ctrl Enter"], ["s", "snooze"], ["u", "undo"],
  ["n", "next that waits"], ["/", "find"], ["Esc", "back to the queue"]];
const UNANSWERED = "No answer from the kernel: it is not known whether this was recorded. Reload the page to see.";
const LOST = "The connection is lost: nothing was sent. Reload the page; what you typed is kept.";

function render({ model, el }) {
  const place = make("section", { attributes: { "aria-label": "The item" } });
  const kernel = asking(model, place);
  const queue = queueOf(model, { open, settle, redraw: () => item.drawFigure() });
  const item = itemOf(model, place, { send, say: kernel.say, line: kernel.line, queue, openRow });
  const help = make("p", { className: "wb-keys wb-quiet" }, "Keys: ", ...HELP.flatMap(([keys, text]) => [make("kbd", { text: keys }), ` ${text}  `]));
  const root = make("div", { className: "wb wb-panel wb-approvals", onkeydown: press }, queue.bar, make("div", { className: "wb-split" }, queue.list, place), help);
  const heart = heartbeat(model, root);
  const moved = make("div", { className: "wb-moved", hidden: true, attributes: { role: "status" } });
  queue.bar.after(moved);
  el.append(root);

  function open(id) {
    together = false;
    queue.select(id);
    send({ ask: "open", id });
  }

  function openRow(id) {
    open(id);
    queue.move("here");
  }

  let together = false;

  function settle(rows, inWords) {
    together = true;
    togetherOf(model, place, rows, inWords, { send, line: kernel.line, queue, close });
  }

  function close() {
    together = false;
    item.draw();
  }

  function send(message) {
    if (heart.lost()) kernel.say({ text: LOST, tone: "wrong" });
    else kernel.send(message, { decides: message.ask !== "try", unanswered: UNANSWERED });
  }

  // what the plan rests on has moved: only a new plan can be decided on
  function drawMoved() {
    const { why, can, planning, step } = model.get("moved");
    moved.hidden = !why;
    if (!why) return;
    moved.replaceChildren(make("span", {}, make("b", { text: "▲ The state has moved. " }), why),
      planning ? make("b", { text: `Planning again: this takes a minute or two, the page waits for it. ${step ?? ""}` })
        : can ? make("button", { type: "button", text: "Plan again", attributes: { "data-ask": "again" }, onclick: () => send({ ask: "again", id: item.id() }) })
          : make("span", { text: "Run `workbench plan`, then open this page again." }));
  }

  // ---- keys: letters act on the open item unless they are typed into a field

  function press(event) {
    const typing = ["INPUT", "TEXTAREA", "SELECT"].includes(event.target.tagName);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) item.confirm();
    else if (event.ctrlKey || event.metaKey || event.altKey) return;
    else if (event.key === "Escape") queue.move("here");
    else if (typing) return;
    else if (event.key in KEYS) queue.move(KEYS[event.key]);
    else if (event.key in ACTS) item.act(ACTS[event.key]);
    else if (event.key === "n") openRow(queue.next() ?? item.id());
    else if (event.key === "/") queue.find.focus();
    else if (event.key === "Enter" && event.target.dataset.id) open(event.target.dataset.id);
    else return;
    event.preventDefault();
  }

  // ---- from the kernel

  // rows come whole once; what becomes of some of them comes alone
  function merge() {
    const changed = new Map(model.get("changed").map((row) => [row.id, row]));
    model.set("rows", model.get("rows").map((row) => changed.get(row.id) ?? row));
    queue.draw();
  }

  function onAnswer() {
    const said = kernel.hear();
    if (together && said.text && said.tone === "good") close();
    // the button that was pressed is gone with the item that it stood on
    if (said.text && said.tone === "good" && document.activeElement === document.body) place.querySelector('[data-ask="next"]')?.focus();
  }

  const heard = [["change:rows", queue.draw], ["change:changed", merge], ["change:item", item.draw], ["change:trial", item.drawTrial], ["change:moved", drawMoved], ["change:answer", onAnswer]];
  for (const [event, listener] of heard) model.on(event, listener);
  const last = kept("open", "");
  queue.draw();
  item.draw();
  drawMoved();
  resume();

  // after a reload the item that was open is open again; in Voilà the queue takes the keys
  function resume() {
    if (last && last !== item.id() && model.get("rows").some((row) => row.id === last)) open(last);
    if (document.body.classList.contains("wb-page")) requestAnimationFrame(() => queue.move("here"));
  }

  return () => {
    kernel.stop();
    heart.stop();
    queue.stop();
    item.stop();
    for (const [event, listener] of heard) model.off(event, listener);
  };
}

export default { render };
