// Elements are made here, and text enters them as text only.
const SVG = "http://www.w3.org/2000/svg";

function fillIn(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name === "on") for (const [event, act] of Object.entries(value)) node.addEventListener(event, act);
    else node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === "") continue;
    node.append(child.nodeType ? child : document.createTextNode(String(child)));
  }
  return node;
}
const el = (tag, attributes, ...children) => fillIn(document.createElement(tag), attributes, children);
const svg = (tag, attributes, ...children) => fillIn(document.createElementNS(SVG, tag), attributes, children);
const replace = (node, ...children) => node.replaceChildren(...children.flat(Infinity).filter((child) => child));

// A sentence of the catalogue (story/words/page.py) with its values in place; each is put in once, and looked at no more.
function say(template, values) {
  return template.replace(/\{(\w+)\}/g, (whole, name) => {
    if (values[name] === undefined) throw new Error(`no value for ${whole}`);
    return String(values[name]);
  });
}
const several = ([one, more], n, values) => say(n === 1 ? one : more, { n: grouped(n), ...values });

const grouped = (number) => String(number).replace(/\B(?=(\d{3})+(?!\d))/g, ",");
function decimal(value, digits) {
  const [whole, part] = value.toFixed(digits).split(".");
  return grouped(whole) + (part ? `.${part}` : "");
}
function three(value) {
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : decimal(value, 0);
}
function duration(ns) {
  const size = Math.abs(ns);
  const sign = ns < 0 ? "-" : "";
  if (size >= 1e9) return `${sign}${three(size / 1e9)} s`;
  if (size >= 1e6) return `${sign}${three(size / 1e6)} ms`;
  return size >= 1e3 ? `${sign}${three(size / 1e3)} us` : `${sign}${size} ns`;
}
// Time of a row: unit and digits are those of its picture.
const clockText = (ns, { unit, digits }) => decimal(ns / (unit === "s" ? 1e9 : 1e6), digits);
const milliseconds = (ns) => `${decimal(ns / 1e6, Math.abs(ns) < 1e9 ? 1 : 0)} ms`;

// Drawings grow with the letters that the reader has chosen.
const letterSize = () => parseFloat(getComputedStyle(document.documentElement).fontSize) / 16 || 1;

// What fits into so many pixels of a font with letters of this width.
function cut(text, pixels, letter) {
  const most = Math.floor(pixels / letter);
  return text.length <= most ? text : most < 4 ? "" : `${text.slice(0, most - 1)}\u2026`;
}

// At most so many lines of a text, broken at spaces; what is more is cut.
function wrapped(text, pixels, letter, most) {
  const room = Math.max(4, Math.floor(pixels / letter)), lines = [""];
  for (const word of text.split(" ")) {
    const last = lines[lines.length - 1], longer = last ? `${last} ${word}` : word;
    if (longer.length <= room || !last || lines.length === most) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines.map((line) => cut(line, pixels, letter));
}

// "packet 17" in a sentence becomes a link to it, where the page has that packet.
function linked(text) {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(/\b[Pp]ackets? (\d+)(?!\d)/g)) {
    if (!PACKETS.has(Number(found[1]))) continue;
    parts.push(text.slice(from, found.index), el("a", { href: `#p${found[1]}` }, found[0]));
    from = found.index + found[0].length;
  }
  return [...parts, text.slice(from)];
}
const marked = (certainty) => (certainty ? el("span", { class: `sure ${certainty}` }, certainty) : null);
