// What happens if nothing is done, drawn: a bar a line from its early to its late day.

const SVG = "http://www.w3.org/2000/svg";

function drawNode(tag, attributes, text) {
  const node = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

// `prospect` as the kernel tells it; `inMoney`: what is lost in money, else the units.
function figureOf(prospect, inMoney) {
  const at = (day) => `${(100 * day) / prospect.last}%`;
  const rows = prospect.bars.map((bar) => make("div", { className: "wb-prospect-row" },
    make("div", { className: "wb-what", text: bar.name }, make("span", { className: "wb-under", text: bar.product })),
    plot(bar, prospect, at),
    make("div", { className: "wb-number", text: inMoney ? bar.money : bar.units })));
  const axis = make("div", { className: "wb-prospect-row wb-prospect-axis" }, make("div"),
    make("div", { className: "wb-prospect-ticks" }, ...prospect.ticks.map(([day, text]) =>
      make("span", { text, style: `left:${at(day)}` }))),
    make("div", { className: "wb-number", text: inMoney ? prospect.money : prospect.units }));
  const more = prospect.more ? make("p", { className: "wb-quiet", text: `${written(prospect.more)} more with less to lose are not drawn.` }) : null;
  return make("figure", { className: "wb-prospect" }, axis, ...rows,
    make("figcaption", { className: "wb-quiet", text: prospect.marks }), more);
}

function plot(bar, prospect, at) {
  const [early, middle, late] = bar.days;
  const svg = drawNode("svg", { class: "wb-prospect-plot", width: "100%", height: "26", role: "img", "aria-label": bar.says });
  for (const [day] of prospect.ticks) svg.append(drawNode("line", { class: "wb-grid", x1: at(day), x2: at(day), y1: 0, y2: 26 }));
  if (early !== null) {
    const end = late ?? prospect.last;
    svg.append(drawNode("rect", { class: "wb-span", x: at(early), width: at(Math.max(end - early, prospect.last / 200)), y: 6, height: 10, rx: 2 }));
    if (late === null) svg.append(drawNode("text", { class: "wb-later", x: "100%", y: 15, "text-anchor": "end" }, "▸"));
  }
  if (middle !== null) svg.append(drawNode("line", { class: "wb-median", x1: at(middle), x2: at(middle), y1: 2, y2: 20 }));
  if (bar.arrives !== null) svg.append(drawNode("text", { class: "wb-arrives", x: at(bar.arrives), y: 26, "text-anchor": "middle" }, "▲"));
  return svg;
}
