// Whether the kernel is still there: without it clicks would be lost and nobody would know.

const BEAT = 2500; // milliseconds from one question to the next
const SILENT_AFTER = 9000; // milliseconds without an answer; with one beat more it is said within 12 s

// Asks the kernel of `model` again and again; a banner on top of `root` says when it does not answer.
// What is asked keeps the kernel of an open page alive, too.
function heartbeat(model, root) {
  const reload = make("button", { type: "button", text: "Reload the page", onclick: () => location.reload() });
  const banner = make("div", { className: "wb-lost", hidden: true, attributes: { role: "alert" } },
    make("b", { text: "■ The connection is lost." }),
    make("span", { text: " Nothing you click now is recorded. What you typed is kept: reload the page, and it stands there again." }),
    reload);
  root.prepend(banner);
  let heard = Date.now();
  let asked = heard;

  function beat() {
    const now = Date.now();
    // the browser slept, or kept this page in the background: the silence was its own
    if (now - asked > 3 * BEAT) heard = now;
    asked = now;
    banner.hidden = now - heard < SILENT_AFTER;
    try {
      model.send({ ask: "beat" });
    } catch {
      // a dead connection may refuse: silence says the same
    }
  }

  function hear(message) {
    if (message?.beats !== true) return;
    heard = Date.now();
    banner.hidden = true;
  }

  model.on("msg:custom", hear);
  const timer = setInterval(beat, BEAT);
  return { lost: () => !banner.hidden, stop: () => { clearInterval(timer); model.off("msg:custom", hear); } };
}
