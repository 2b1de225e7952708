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
