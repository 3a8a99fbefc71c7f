// The sequence picture. Heights come with the data; here is only how wide the page is.
const LABEL = 6.7, SMALL = 6.1;
const picture = { box: null, heads: null, note: null, choose: null, width: 0, size: 1, most: 1600 };
// Of a long picture the top is drawn first (`most` pixels), and all of it when that is painted.

function buildPicture() {
  picture.choose = el("select", { "aria-label": WORDS.choose_scene, on: { change: (event) => selectScene(Number(event.target.value)) } },
    DATA.scenes.map((one, at) => el("option", { value: at }, sceneName(one))));
  picture.heads = el("div", { class: "heads", "aria-hidden": "true" });
  picture.box = el("div", { class: "canvas", role: "listbox", tabindex: 0, "aria-label": WORDS.picture });
  picture.note = el("p", { class: "quiet" });
  picture.box.addEventListener("click", (event) => {
    const chosen = event.target.closest("[data-p],[data-k],[data-row]");
    if (!chosen) return;
    const packet = chosen.dataset.p || chosen.dataset.row;
    if (packet) selectPacket(Number(packet), "picture");
    else selectCall(Number(chosen.dataset.k), "picture");
  });
  const pane = el("section", { class: "pane picture", "aria-labelledby": "h-picture" },
    el("header", {}, el("h2", { id: "h-picture" }, WORDS.picture), DATA.scenes.length > 1 ? picture.choose : null),
    el("div", { class: "scroll" }, picture.heads, picture.box, picture.note));
  new ResizeObserver(() => {
    if (Math.abs(picture.box.clientWidth - picture.width) < 2) return;
    drawPicture();
    markPicture();
  }).observe(picture.box);
  listen((changed) => {
    if (changed.scene) drawPicture();
    markPicture(changed.origin !== "picture");
  });
  return pane;
}

function sceneName(one) {
  if (one.connections.length > 1) return say(WORDS.together, { names: one.title });
  const row = DATA.connections.find((each) => each.c === one.connections[0]);
  return row ? say(WORDS.of_connection, { connection: `c${row.c}`, client: row.client, server: row.server }) : one.title;
}

function geometry(one, width) {
  const last = one.lanes.length - 1;
  const narrow = width < 520;  // there boxes have no text beside them
  const side = (lane) => (!one.calls.some((call) => call.lane === lane) ? 34 : narrow ? 44 : Math.min(260, Math.max(140, width * 0.235)));
  const wide = (texts, least) => texts.reduce((most, text) => Math.max(most, String(text).length), least);
  const number = 12 + wide(one.arrows.map((arrow) => arrow.p), 4) * LABEL;  // the columns end here
  const clock = number + wide(one.arrows.map((arrow) => clockText(arrow.time, one)), narrow ? 5 : wide(clockTexts(one), 8)) * SMALL + 12;
  const left = clock + 4 + side(0);
  const right = Math.max(width, left + side(last) + (narrow ? 120 : 150) * Math.max(1, last)) - side(last);
  const x = one.lanes.map((_, at) => (last ? left + ((right - left) * at) / last : (left + right) / 2));
  return { x, last, number, clock, width: right + side(last), sides: [side(0), side(last)] };
}

function drawPicture() {
  const one = scene();
  if (!one || !picture.box.clientWidth) return;
  picture.choose.value = String(state.scene);
  const size = picture.size = letterSize();
  const place = geometry(one, picture.box.clientWidth / size);
  const canvas = svg("svg", { width: place.width * size, height: one.height * size, viewBox: `0 0 ${place.width} ${one.height}`, role: "presentation" });
  const chosen = one.arrows.find((arrow) => arrow.p === state.packet);
  const most = chosen && chosen.y > picture.most - 800 ? Infinity : picture.most;
  const [arrows, calls, gaps] = [one.arrows, one.calls, one.gaps].map((all) => (most === Infinity ? all : all.filter((each) => each.y < most)));
  for (const arrow of arrows) canvas.append(svg("rect", { class: "row", "data-row": arrow.p, x: 0, width: place.width, y: arrow.y - 13, height: 22 }));
  for (const x of place.x) canvas.append(svg("line", { class: "life", x1: x, x2: x, y1: 0, y2: one.height }));
  for (const gap of gaps) canvas.append(drawGap(gap, place));
  const boxes = new Map(one.calls.map((call) => [call.k, call]));
  for (const arrow of arrows) canvas.append(...drawJoins(arrow, boxes, place));
  for (const arrow of arrows) canvas.append(drawLine(arrow, place));
  for (const gap of gaps) canvas.append(drawGapText(gap, place));
  for (const call of calls) canvas.append(drawCall(call, place));
  for (const arrow of arrows) canvas.append(drawLabel(arrow, place, one));
  replace(picture.box, canvas);
  picture.width = picture.box.clientWidth;
  replace(picture.heads, clockHead(one, place), one.lanes.map((lane, at) => head(lane, at, place)));
  const notes = [say(WORDS.clock_note, { unit: WORDS.units[one.unit], packet: one.since }), one.slanted ? WORDS.slanted : WORDS.level, WORDS.letters];
  if (one.left_out) notes.unshift(several(WORDS.left_out, one.left_out) + ".");
  picture.note.textContent = notes.join(" ");
}

function drawAllOfPicture() {
  const whole = scene() && scene().height < picture.most;
  picture.most = Infinity;
  if (whole || !scene()) return;
  drawPicture();
  markPicture(true);
}

const clockTexts = (one) => WORDS.clock_head.map((text) => say(text, { unit: one.unit, packet: one.since }));

// Names the clock of the column below: where there is room in full, and always in the note below the picture.
function clockHead(one, place) {
  const full = clockTexts(one);
  const room = (place.clock - place.number) / SMALL;
  const node = el("span", { class: "unit" }, full.every((text) => text.length + 1 <= room) ? full.join("\n") : one.unit);
  const number = el("span", { class: "unit" }, "#");
  number.style.right = `calc(100% - ${place.number * picture.size}px)`;
  node.style.right = `calc(100% - ${place.clock * picture.size}px)`;
  return [number, node];
}

// Between its neighbours: where the program does not fit behind the host, it is left to the name on hovering.
function head(lane, at, place) {
  const room = place.last > 1 ? (place.x[1] - place.x[0] - 6) : place.width / 2;
  const title = lane.title.length * 7.4 <= room ? lane.title : lane.title.split(" (")[0];
  const texts = [[title, 7.4], [lane.address === lane.title ? "" : lane.address, 6.8]].map(([text, letter]) => [cut(text, room, letter), letter]);
  const node = el("div", { class: at === 0 ? "first" : at === place.last ? "last" : "middle", title: `${lane.title} ${lane.address}` },
    el("b", {}, texts[0][0]), texts[1][0] ? el("span", {}, texts[1][0]) : null);
  const half = texts.reduce((most, [text, letter]) => Math.max(most, text.length * letter), 0) / 2 + 4;
  const least = at === 0 && place.last < 2 ? place.clock + 4 + half : half;  // the clock's name stands before it
  node.style.left = `${Math.max(least, Math.min(place.width - half, place.x[at])) * picture.size}px`;
  return node;
}

function drawGap(gap, place) {
  const { top, high, from, to } = gapBox(gap, place);
  const group = svg("g", { class: "gap" }, svg("rect", { x: from, width: to - from, y: top, height: high }));
  for (const x of place.x) {
    group.append(svg("path", { d: `M${x} ${top}v${high / 2 - 14}l6 6l-12 8l12 8l-6 6V${top + high}` }));
  }
  return group;
}

const gapBox = (gap, place) => ({ top: gap.y + 6, high: gap.end - gap.y - 24, from: place.x[0] - 12, to: place.x[place.last] + 12 });

// Its words lie above the arrows that cross it, on a ground of their own.
function drawGapText(gap, place) {
  const { top, high, from, to } = gapBox(gap, place);
  const why = gap.left_out ? several(WORDS.left_out, gap.left_out) : gap.why;
  const text = why ? `${gap.text}: ${why}` : gap.text;
  const lines = wrapped(text, to - from - 56, LABEL, 2), wide = Math.max(...lines.map((line) => line.length)) * LABEL + 10;
  const across = (from + to) / 2, line = 13, middle = top + high / 2;
  return svg("g", { class: "gap" }, svg("title", {}, text),
    svg("rect", { x: across - wide / 2, width: wide, y: middle - (lines.length * line) / 2 - 1, height: lines.length * line + 2 }),
    lines.map((each, at) => svg("text", { x: across, y: middle + 4 + (at - (lines.length - 1) / 2) * line, "text-anchor": "middle" }, each)));
}

const edgeOf = (box, place) => {
  const outward = box.lane === 0 ? -1 : 1;
  return place.x[box.lane] + outward * (5 + box.depth * 11);
};
const within = (box, y) => Math.max(box.y, Math.min(Math.max(box.end, box.y + 6), y));

// A call is joined to the packets it caused (at their start) and to the one it waited for (at its arrival).
function drawJoins(arrow, boxes, place) {
  const packet = PACKETS.get(arrow.p);
  const found = [];
  const join = (number, lane, y, kind) => {
    const box = boxes.get(number);
    if (!box || box.lane !== lane) return;
    const x = edgeOf(box, place), at = within(box, y), line = place.x[lane];
    found.push(svg("path", { class: `join ${kind}`, "data-join": arrow.p, d: `M${x} ${at}C${line} ${at} ${x} ${y} ${line} ${y}` }));
  };
  for (const number of packet.calls.slice(0, 8)) join(number, arrow.from, arrow.y, "caused");
  if (!arrow.lost) for (const number of packet.woke) join(number, arrow.to, arrow.end, "awaited");
  return found;
}

function drawCall(call, place) {
  const outward = call.lane === 0 ? -1 : 1;
  const x = edgeOf(call, place), height = Math.max(6, call.end - call.y);
  const room = call.lane === 0 ? place.sides[0] - 20 - call.depth * 11 : call.lane === place.last ? place.sides[1] - 20 - call.depth * 11 : (place.x[call.lane + 1] - place.x[call.lane]) - 40;
  const at = { x: x + outward * 13, "text-anchor": outward < 0 ? "end" : "start" };
  const middle = call.lane !== 0 && call.lane !== place.last;
  const [first, second] = callLines(call, room, middle);
  return svg("g", { class: `call ${call.name}${call.open ? " open" : ""}${call.early ? " early" : ""}`, "data-k": call.k, id: `k${call.k}`, role: "option",
    "aria-selected": "false", "aria-label": say(WORDS.call_option, { call: call.text, place: call.place }) },
  svg("title", {}, `${call.place} ${call.text}`),
  svg("rect", { x: outward < 0 ? x - 8 : x, y: call.y, width: 8, height, rx: 1.5 }),
  svg("text", { ...at, y: call.y + 4 }, first.map(([text, kind]) => svg("tspan", { class: kind }, text))),
  second ? svg("text", { ...at, y: call.y + 16 }, svg("tspan", { class: second[1] }, second[0])) : null);
}

// What stands at a call: all of it, or the call above its result, or the address shortened; cut only when none of these fits.
// In the middle it shares its place with the packets, and has one line.
function callLines(call, room, middle) {
  const small = (text) => cut(text, room, SMALL), fits = (text) => text.length * LABEL <= room;
  if (middle) {
    const least = [`${call.text}  ${call.place}`, call.text, `${call.call} ${call.result}`, `${call.name}() ${call.result}`];
    return [[[cut(least.find(fits) || least[3], room, LABEL), ""]]];
  }
  if (fits(call.text)) return [[[call.text, ""]], [small(call.place), "place"]];
  const fitted = (text, other) => (fits(text) ? [text, ""] : text.length * SMALL <= room || !other || !fits(other) ? [small(text), "small"] : [other, ""]);
  if (!call.result) return [[fitted(call.call, `${call.name}()`)], [small(call.place), "place"]];
  const rest = room - (call.call.length + 1) * LABEL;
  const beside = call.place.length * SMALL <= rest ? [[` ${call.place}`, "place"]] : [];
  return [[fitted(call.call, `${call.name}()`), ...beside], fitted(call.result)];
}

const endOf = (arrow, place) => {
  const from = place.x[arrow.from], to = place.x[arrow.to];
  return from + (to - from) * (arrow.lost || arrow.travelling ? 0.55 : 1);
};

// All lines lie below all labels, so that no arrow strikes a label out.
function drawLine(arrow, place) {
  const line = { x1: place.x[arrow.from], y1: arrow.y, x2: endOf(arrow, place), y2: arrow.end };
  return svg("g", { class: `arrow ${arrow.kind}`, "data-p": arrow.p }, svg("line", { class: "grip", ...line }), svg("line", { class: "line", ...line }),
    tip(line.x1, line.y1, line.x2, line.y2, arrow));
}

function drawLabel(arrow, place, one) {
  const from = place.x[arrow.from], to = place.x[arrow.to], right = to > from;
  const packet = PACKETS.get(arrow.p);
  const spoken = say(WORDS.option, { number: arrow.p, time: milliseconds(arrow.time), sender: packet.from, receiver: packet.to,
    what: `${arrow.what}, ${arrow.more}${arrow.lost ? `, ${WORDS.lost_here}` : ""}` });
  const group = svg("g", { class: `arrow ${arrow.kind}`, "data-p": arrow.p, id: `o${arrow.p}`, role: "option", "aria-selected": "false", "aria-label": spoken },
    svg("title", {}, `${arrow.p}  ${arrow.what}  ${arrow.more}\n${packet.why}`));
  const text = one.connections.length > 1 ? `c${arrow.c} ${arrow.what}` : arrow.what;
  const room = Math.abs(to - from) - 40;
  const shown = cut(text, room, LABEL);
  const left = room - shown.length * LABEL - 8;
  const rest = [arrow.more, arrow.brief].find((each) => each.length * SMALL <= left) || "";
  const boxed = right && arrow.from > 0 && one.calls.length ? 12 : 0;  // boxes stand right of a life line in the middle
  const start = right ? from + 10 + boxed : from - 10;
  const wide = 24 + shown.length * LABEL + rest.length * SMALL;
  group.append(svg("rect", { class: "under", x: right ? start : start - wide, y: arrow.y - 14, width: wide, height: 13 }), svg("g", { class: "badge" }, svg("rect", { x: right ? start : start - 14, y: arrow.y - 15, width: 14, height: 13, rx: 2 }),
    svg("text", { x: right ? start + 7 : start - 7, y: arrow.y - 5, "text-anchor": "middle" }, packet.letter)),
  svg("text", { class: "label", x: right ? start + 18 : start - 18, y: arrow.y - 4, "text-anchor": right ? "start" : "end" },
    svg("tspan", {}, shown), rest ? svg("tspan", { class: "more", dx: 6 }, rest) : null));
  if (arrow.deeds.length || arrow.lost) {
    const deed = arrow.deeds.length ? arrow.deeds[0] : WORDS.lost_here;
    const ended = arrow.lost || arrow.travelling;  // behind where it ended is room
    const at = ended ? { x: endOf(arrow, place) + (right ? 12 : -12), y: arrow.end + 4, "text-anchor": right ? "start" : "end" }
      : { x: (from + to) / 2, y: (arrow.y + arrow.end) / 2 + 15, "text-anchor": "middle" };
    group.append(svg("text", { class: "deed", ...at }, cut(deed, ended ? room * 0.45 : room, SMALL)));
  }
  group.append(svg("text", { class: "number", x: place.number, y: arrow.y + 3, "text-anchor": "end" }, arrow.p),
    svg("text", { class: "time", x: place.clock, y: arrow.y + 3, "text-anchor": "end" }, clockText(arrow.time, one)));
  if (packet.findings.length) group.append(svg("text", { class: `flag ${worst(packet)}`, x: 4, y: arrow.y + 4 }, "!"));
  return group;
}

const worst = (packet) => DATA.findings[packet.findings[0]].level;

function tip(x1, y1, x2, y2, arrow) {
  if (arrow.lost) return svg("path", { class: "cross", d: `M${x2 - 6} ${y2 - 6}l12 12m0 -12l-12 12` });
  const angle = Math.atan2(y2 - y1, x2 - x1);
  const at = (turn) => `${x2 - 9 * Math.cos(angle + turn)} ${y2 - 9 * Math.sin(angle + turn)}`;
  return svg("path", { class: "tip", d: `M${x2} ${y2}L${at(0.42)}L${at(-0.42)}Z` });
}

function markPicture(follow) {
  const related = new Set();
  if (state.call !== null) [...(CARRIES.get(state.call) || []), ...(AWAITED.get(state.call) || [])].forEach((p) => related.add(p));
  const packet = PACKETS.get(state.packet);
  const calls = packet ? [...packet.calls, ...packet.woke] : [state.call];
  for (const node of picture.box.querySelectorAll("[data-p]")) {
    const chosen = Number(node.dataset.p) === state.packet;
    node.classList.toggle("chosen", chosen);
    if (node.id) node.setAttribute("aria-selected", String(chosen));
  }
  for (const node of picture.box.querySelectorAll("[data-row]")) {
    const number = Number(node.dataset.row);
    node.classList.toggle("chosen", number === state.packet);
    node.classList.toggle("near", related.has(number));
    node.classList.toggle("hit", state.hits.has(number));
  }
  for (const node of picture.box.querySelectorAll("[data-k]")) {
    node.setAttribute("aria-selected", String(Number(node.dataset.k) === state.call));
    node.classList.toggle("near", calls.includes(Number(node.dataset.k)));
  }
  for (const node of picture.box.querySelectorAll("[data-join]")) {
    node.classList.toggle("near", Number(node.dataset.join) === state.packet || related.has(Number(node.dataset.join)));
  }
  const chosen = document.getElementById(state.packet !== null ? `o${state.packet}` : `k${state.call}`);
  picture.box.setAttribute("aria-activedescendant", chosen ? chosen.id : "");
  if (chosen && follow) intoView(chosen, picture.box.parentElement);
}

// Brings the selected row to where it can be seen: the pane has it in view, the window need not. Without gliding: far is far,
// and a browser gives up a long glide when anything else scrolls.
function reveal() {
  const bench = document.getElementById("bench");
  const node = bench && document.getElementById(state.packet !== null ? `o${state.packet}` : `k${state.call}`);
  if (!node) return;
  const top = headHeight(), row = node.getBoundingClientRect(), all = bench.getBoundingClientRect();
  if (row.top >= top && row.bottom <= window.innerHeight) return;
  const fits = row.bottom - all.top + top <= window.innerHeight;
  window.scrollTo({ top: window.scrollY + (fits ? all.top - top - 6 : row.top - window.innerHeight / 2), behavior: "instant" });
}

// Scrolls the pane, and only the pane.
function intoView(node, pane, margin = 70) {
  const inner = node.getBoundingClientRect(), outer = pane.getBoundingClientRect();
  if (inner.top < outer.top + margin) pane.scrollTop -= outer.top + margin - inner.top;
  else if (inner.bottom > outer.bottom - margin / 2) pane.scrollTop += inner.bottom - outer.bottom + margin / 2;
}
