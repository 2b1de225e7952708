// Settling many at once: what is in, what it comes to and samples of it stand there before it is confirmed.

const SAMPLES = 5;

// `rows` have `inWords` in common. Those that must be decided one by one say so in `alone` and are left out.
function togetherOf(model, place, rows, inWords, { send, line, queue, close }) {
  const own = rows.filter((row) => !row.alone);
  const words = wordsOf(model.get("codes"), "Kept with each decision");
  const reasons = new Map();
  for (const row of rows) if (row.alone) reasons.set(row.alone, (reasons.get(row.alone) ?? 0) + 1);
  const samples = own.length > SAMPLES ? [...own.slice(0, SAMPLES - 1), own.at(-1)] : own;
  const confirm = make("button", { type: "button", className: "wb-first", text: `Approve these ${written(own.length)}`,
    attributes: { "data-ask": "approve_all" }, onclick: () => send({ ask: "approve_all", ids: own.map((row) => row.id), ...words.said() }) });
  const back = make("button", { type: "button", text: "Back", attributes: { "data-ask": "back" }, onclick: close });
  place.className = "wb-card wb-item";
  place.replaceChildren(
    make("h3", { text: `Approve ${counted(own.length, "item", "items")} together` }),
    make("p", { className: "wb-quiet", text: `What they have in common: ${inWords}.` }),
    factsOf([["Value, all together", queue.money(total(own, "value")), ""], ["At risk, all together", queue.money(total(own, "risk")), ""],
      ["Quantity, all together", `${written(total(own, "units"))} units`, ""],
      ["Largest single value", queue.money(Math.max(...own.map((row) => row.value))), ""]]),
    ...[...reasons].map(([reason, count]) => make("div", { className: "wb-why" },
      make("b", { text: `▲ Left out: ${counted(count, "item", "items")}.` }), ` ${reason}`)),
    make("h4", { text: own.length > SAMPLES ? `Samples: the ${SAMPLES - 1} with most at risk, and the one with least` : "All of them" }),
    tableOf(["At risk", "Value", "What is proposed", "Why it waits"],
      samples.map((row) => [queue.money(row.risk), queue.money(row.value), row.title, row.why]), ["number", "number", "", ""], ""),
    make("div", { className: "wb-decide" }, line, words.part, make("div", { className: "wb-buttons" }, confirm, back)));
  back.focus();
}
