// What every widget of ours begins with: it is put in front of each widget's own text.
//
// Everything shown is text from the kernel and is set as text, never as markup.

const NO_ANSWER_AFTER = 15000; // milliseconds
const TAKES_KEYS = ["tr", "button", "select", "input", "textarea"];

function make(tag, properties = {}, ...children) {
  const { className, text, attributes, ...others } = properties;
  const node = Object.assign(document.createElement(tag), others);
  if (className) node.className = className;
  if (text !== undefined) node.textContent = text;
  for (const [name, value] of Object.entries(attributes ?? {})) node.setAttribute(name, value);
  // JupyterLab would read keys pressed here as commands to the notebook: d d deletes the cell
  if (TAKES_KEYS.includes(tag)) node.setAttribute("data-lm-suppress-shortcuts", "true");
  node.append(...children.filter((child) => child !== null));
  return node;
}

// `kinds` tells of each column whether it is a "number", "wide" or neither.
function tableOf(headings, cells, kinds, empty, kind = "") {
  if (!cells.length) return make("p", { className: "wb-quiet", text: empty });
  const side = (index) => (kinds[index] ? `wb-${kinds[index]}` : "");
  return make("div", { className: "wb-scroll" }, make("table", { className: `wb-table ${kind}` },
    make("thead", {}, make("tr", {}, ...headings.map((text, index) => make("th", { text, className: side(index) })))),
    make("tbody", {}, ...cells.map((row) => make("tr", {}, ...row.map((cell, index) =>
      make("td", { className: side(index) }, cell)))))));
}

const factsOf = (facts) => make("div", { className: "wb-facts" }, ...facts.map(([name, value, note]) => make("div", {},
  make("div", { className: "wb-label", text: name }), make("div", { className: "wb-fact", text: value }),
  note ? make("div", { className: "wb-under", text: note }) : null)));
