// Requests over connections: one row each. Time in which nothing was asked or answered is compressed and marked.
const WATER = { line: 22, head: 34, gap: 50, least: 6, status: 96 };

function buildWaterfall() {
  if (!DATA.waterfall) return null;
  const holder = el("div", { class: "plot water", role: "listbox", tabindex: 0, "aria-label": WORDS.waterfall });
  const view = { water: DATA.waterfall, from: null, to: null, width: 0, holder };
  const button = (text, label, by) => el("button", { type: "button", "aria-label": label, title: label, on: { click: () => zoomWater(view, by) } }, text);
  holder.addEventListener("keydown", (event) => waterKey(view, event));
  new ResizeObserver(() => { if (view.width !== holder.clientWidth) drawWaterfall(view); }).observe(holder);
  listen((changed) => { if (changed.selection) markWater(view); });
  return el("section", { id: "waterfall", "aria-labelledby": "h-water" }, el("div", { class: "title" }, el("h2", { id: "h-water" }, WORDS.waterfall),
    button("+", WORDS.zoom_in, 0.5), button("\u2212", WORDS.zoom_out, 2), button(WORDS.all, WORDS.zoom_all, 0)), holder,
  el("p", { class: "quiet" }, `${say(WORDS.water_clock, { connection: `c${view.water.since}` })}. ${WORDS.water_legend} `, el("span", { class: "hint" }, WORDS.water_hint),
    view.water.left_out ? ` ${several(WORDS.water_left, view.water.left_out)}` : ""));
}

// The busy spans of time side by side, of one scale, each at least some pixels wide, with a mark of one width between them.
function waterScale(view, left, room) {
  const all = view.water.spans, [low, high] = [view.from === null ? all[0][0] : view.from, view.to === null ? all[all.length - 1][1] : view.to];
  const inside = all.map(([from, to]) => [Math.max(from, low), Math.min(to, high)]).filter(([from, to]) => to > from);
  const shown = inside.length ? inside : [[low, Math.max(high, low + 1)]];
  const gap = Math.min(WATER.gap, (room * 0.6) / shown.length), free = room - gap * (shown.length - 1);
  const total = shown.reduce((sum, [from, to]) => sum + to - from, 0);
  const wide = shown.map(([from, to]) => Math.max(WATER.least, ((to - from) / total) * free)), sum = wide.reduce((one, other) => one + other, 0);
  let at = left;
  const spans = shown.map(([from, to], index) => {
    const span = { from, to, x: at, width: (wide[index] / sum) * free };
    at += span.width + gap;
    return span;
  });
  // Known places, in order: what lies between two of them is found by the line between them.
  const points = spans.flatMap((span) => [[span.from, span.x], [span.to, span.x + span.width]]);
  const along = (value, one, other) => {
    const next = points.findIndex((point) => point[one] >= value);
    if (next <= 0) return next ? points[points.length - 1][other] : points[0][other];
    const [before, after] = [points[next - 1], points[next]];
    return before[other] + ((value - before[one]) / (after[one] - before[one] || 1)) * (after[other] - before[other]);
  };
  return { spans, gap, low: spans[0].from, high: spans[spans.length - 1].to, x: (time) => along(time, 0, 1), time: (x) => along(x, 1, 0) };
}

function drawWaterfall(view) {
  const { water, holder } = view;
  view.width = holder.clientWidth;
  if (!view.width) return;
  const size = letterSize(), width = view.width / size;
  const names = Math.min(300, width * 0.34, water.rows.reduce((most, row) => Math.max(most, nameOf(row).length), 0) * LABEL + 8);
  const scale = view.scale = waterScale(view, names + 8, Math.max(60, width - names - 8 - WATER.status));
  const shown = water.rows.filter((row) => [row.asked, row.sent, row.first, row.last].some((time) => time !== null && time >= scale.low)
    && [row.asked, row.first].some((time) => time !== null && time <= scale.high));
  const high = WATER.head + shown.length * WATER.line + 6;
  const canvas = svg("svg", { width: view.width, height: high * size, viewBox: `0 0 ${width} ${high}`, role: "presentation" });
  let free = 0;  // up to where the line of the bases is taken
  scale.spans.forEach((span, at) => { free = waterSpan(canvas, span, scale.spans[at + 1], high, free); });
  const opened = new Map(water.connections.map((one) => [one.c, one]));
  shown.forEach((row, at) => canvas.append(waterRow(row, at, opened.get(row.c), scale, names)));
  dragWater(view, canvas, size);
  replace(holder, canvas);
  markWater(view);
}

// Returns up to where the line of bases is taken. The ticks of a span count from its beginning, which stands above them.
const nameOf = (row) => `c${row.c} ${row.name}`;

function waterSpan(canvas, span, next, high, free) {
  const text = (x, y, words, more) => svg("text", { x, y, ...more }, words);
  const base = span.from < 1 ? "0" : duration(span.from), end = span.x + (base.length + 1) * LETTER_WIDTH;
  canvas.append(svg("line", { class: "grid", x1: span.x, x2: span.x, y1: 16, y2: high }), span.x >= free ? text(span.x, 12, base, { class: "tick base" }) : "");
  for (const [value, words] of ticks(0, span.to - span.from, span.width, TIME).marks) {
    if (!value || words.length * LETTER_WIDTH > span.width) continue;
    const x = span.x + (value / (span.to - span.from)) * span.width;
    canvas.append(svg("line", { class: "grid", x1: x, x2: x, y1: WATER.head - 4, y2: high }),
      text(Math.min(x, span.x + span.width), 27, span.from < 1 ? words : `+${words}`, { class: "tick", "text-anchor": "middle" }));
  }
  const taken = span.x >= free ? end : free;
  if (!next) return taken;
  const from = span.x + span.width + 2, wide = next.x - from - 2, middle = from + wide / 2, length = duration(next.from - span.to);
  canvas.append(svg("g", { class: "gap" }, svg("title", {}, length), svg("rect", { x: from, y: WATER.head, width: wide, height: high - WATER.head }),
    length.length * LETTER_WIDTH <= wide + 4 ? text(middle, 27, length, { "text-anchor": "middle" }) : null));
  return taken;
}

function waterRow(row, at, connection, { x, low, high }, names) {
  const y = WATER.head + at * WATER.line, middle = y + WATER.line / 2;
  const status = row.status === null ? (row.first === null ? WORDS.unanswered : "") : row.status;
  const text = nameOf(row), took = row.first !== null && row.asked !== null ? duration((row.last || row.first) - row.asked) : "";
  const spoken = `${text} ${status} ${took}`.trim();
  const group = svg("g", { class: "request", role: "option", id: `x${row.x}`, "aria-selected": "false", "data-first": row.packet, "aria-label": spoken }, svg("title", {}, spoken),
    svg("rect", { class: "row", x: 0, width: "100%", y, height: WATER.line }), svg("text", { x: 4, y: middle + 4 }, cut(text, names, LABEL)));
  if (connection) group.append(svg("line", { class: "open", x1: x(connection.start), x2: x(connection.end), y1: middle, y2: middle }));
  const bar = (from, to, kind) => {
    if (from === null || to === null || to < low || from > high) return;
    group.append(svg("rect", { class: kind, x: x(from), width: Math.max(1.5, x(to) - x(from)), y: y + 5, height: WATER.line - 10 }));
  };
  bar(row.asked, row.first === null ? row.sent : row.first, "wait");
  bar(row.first, row.last, "answer");
  const last = Math.max(row.last || 0, row.first || 0, row.sent || 0);
  const told = `${status} ${took}`.trim();
  group.append(svg("rect", { class: "ground", x: x(last) + 3, y: y + 4, width: told.length * LABEL + 4, height: WATER.line - 8 }),
    svg("text", { class: "status", x: x(last) + 5, y: middle + 4 }, told));
  return group;
}

function dragWater(view, canvas, size) {
  let from = null;
  const place = (event) => (event.clientX - canvas.getBoundingClientRect().left) / size;
  canvas.addEventListener("pointerdown", (event) => { from = event.button ? null : place(event); });
  canvas.addEventListener("pointercancel", () => { from = null; });
  canvas.addEventListener("pointerup", (event) => {
    const start = from, chosen = event.target.closest("[data-first]");
    from = null;
    if (start === null) return;
    const [one, other] = [start, place(event)].sort((left, right) => left - right);
    if (other - one > 8) {
      Object.assign(view, { from: view.scale.time(one), to: Math.max(view.scale.time(other), view.scale.time(one) + 1) });
      drawWaterfall(view);
    } else if (chosen) selectPacket(Number(chosen.dataset.first));
  });
}

function zoomWater(view, by) {
  const { low, high } = view.scale, row = view.water.rows.find((one) => one.packet === state.packet);
  const middle = row && row.asked !== null && row.asked >= low && row.asked <= high ? row.asked : (low + high) / 2;
  const from = Math.max(view.water.spans[0][0], middle - (middle - low) * by), to = middle + (high - middle) * by;
  Object.assign(view, by ? { from, to: Math.max(to, from + 1) } : { from: null, to: null });
  drawWaterfall(view);
}

function waterKey(view, event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...view.holder.querySelectorAll(".request")], at = rows.findIndex((row) => Number(row.dataset.first) === state.packet);
  const to = (next) => rows.length && selectPacket(Number(rows[Math.max(0, Math.min(rows.length - 1, next))].dataset.first));
  const acts = { "+": () => zoomWater(view, 0.5), "=": () => zoomWater(view, 0.5), "-": () => zoomWater(view, 2), 0: () => zoomWater(view, 0),
    ArrowDown: () => to(at + 1), ArrowUp: () => to(at < 0 ? 0 : at - 1), Home: () => to(0), End: () => to(rows.length - 1) };
  if (!acts[event.key]) return;
  event.preventDefault();
  acts[event.key]();
}

function markWater(view) {
  let chosen = "";
  for (const row of view.holder.querySelectorAll(".request")) {
    const here = Number(row.dataset.first) === state.packet;
    row.setAttribute("aria-selected", String(here));
    if (here) chosen = row.id;
  }
  view.holder.setAttribute("aria-activedescendant", chosen);
}
