// Series over time. One drawing for all kinds: marks, lines, two axes, zoom along time.
const MARGIN = { left: 74, right: 14, top: 10, bottom: 30 }, TALL = 300;
const plotsOf = { box: null };

function buildPlots() {
  if (!DATA.plots.length) return null;
  plotsOf.box = el("div", { class: "plots" });
  listen((changed) => { if (changed.scene) showPlots(); else markPlots(); });
  return el("section", { id: "plots", "aria-labelledby": "h-plots" }, el("h2", { id: "h-plots" }, WORDS.plots), plotsOf.box);
}

function showPlots() {
  const connections = scene() ? scene().connections : [];
  const found = DATA.plots.filter((plot) => connections.includes(plot.c));
  replace(plotsOf.box, found.length ? found.slice(0, 6).map(plotFigure) : el("p", { class: "quiet" }, WORDS.no_plots));
}

function kindsOf(plot) {
  const said = { flight: plot.flight.length > 1, rtt: plot.rtt.length > 0, rate: plot.rate.bytes.length > 4 };
  return Object.entries(WORDS.plot_kinds).filter(([kind]) => said[kind] !== false);
}

const plotTitle = (plot) => say(WORDS.plot_title, { connection: `c${plot.c}`, side: plot.from });

function plotFigure(plot) {
  const view = { plot, kind: "sequence", from: null, to: null };
  const kinds = el("select", { "aria-label": WORDS.kind, on: { change: (event) => { view.kind = event.target.value; drawPlot(view); } } },
    kindsOf(plot).map(([value, text]) => el("option", { value }, text)));
  const button = (text, label, act) => el("button", { type: "button", "aria-label": label, title: label, on: { click: act } }, text);
  view.legend = el("p", { class: "quiet" });
  view.hover = el("p", { class: "hover", "aria-live": "polite" }, "\u00a0");
  view.holder = el("div", { class: "plot", tabindex: 0, role: "group", "aria-label": `${plotTitle(plot)}. ${WORDS.plot_hint}` });
  view.holder.addEventListener("keydown", (event) => {
    const by = { "+": 0.5, "=": 0.5, "-": 2 }[event.key];
    if (by) zoom(view, by);
    else if (event.key === "0") zoom(view, 0);
  });
  new ResizeObserver(() => { if (view.holder.clientWidth !== view.width) drawPlot(view); }).observe(view.holder);
  return el("figure", { "data-c": plot.c }, el("figcaption", {}, el("b", {}, plotTitle(plot)), " ", kinds,
    button("+", WORDS.zoom_in, () => zoom(view, 0.5)), button("\u2212", WORDS.zoom_out, () => zoom(view, 2)), button(WORDS.all, WORDS.zoom_all, () => zoom(view, 0))),
  view.holder, view.hover, view.legend);
}

function zoom(view, by) {
  const [low, high] = view.span;
  if (!by) Object.assign(view, { from: null, to: null });
  else {
    const packet = PACKETS.get(state.packet);
    const times = view.points.map((point) => point[2][0]);
    const here = packet && packet.c === view.plot.c && packet.time >= low && packet.time <= high;
    const middle = here ? packet.time : times.length ? times[times.length >> 1] : (low + high) / 2;
    Object.assign(view, { from: Math.max(0, middle - ((middle - low) * by)), to: middle + ((high - middle) * by) });
  }
  drawPlot(view);
}

// What is drawn: marks [time, value, upper value, letter, packet] and lines [class, [[time, value], ...]].
function series(view) {
  const plot = view.plot;
  const acks = plot.acks.filter(([, ack]) => ack !== null);
  if (view.kind === "sequence") {
    const edges = acks.filter(([, , edge]) => edge !== null).map(([time, , edge]) => [time, edge]);
    const highest = Math.max(...plot.segments.map((one) => one[2]));
    const near = edges.filter(([, edge]) => edge < highest * 2.5);
    return { marks: plot.segments, lines: [["ack", acks.map(([time, ack]) => [time, ack])], ["edge", near.length > edges.length / 2 ? near : []]], unit: grouped };
  }
  if (view.kind === "stevens") {
    return { marks: [...plot.segments.map(([time, seq, , letter, p]) => [time, seq, seq, letter, p]),
      ...acks.map(([time, ack, , p]) => [time, ack, ack, "A", p])], lines: [], unit: grouped };
  }
  if (view.kind === "flight") {
    return { marks: plot.flight.map(([time, value, p]) => [time, value, value, "D", p]), lines: [["ack", plot.flight.map(([time, value]) => [time, value])]], unit: grouped };
  }
  if (view.kind === "rtt") return { marks: plot.rtt.map(([time, value, p]) => [time, value, value, "D", p]), lines: [], unit: duration };
  const { start, width, bytes } = plot.rate;
  const steps = bytes.flatMap((count, at) => [[start + at * width, count * 1e9 / width], [start + (at + 1) * width, count * 1e9 / width]]);
  return { marks: [], lines: [["rate", steps]], unit: (value) => `${grouped(Math.round(value / 1000))} kB/s` };
}

function ticks(low, high, most) {
  const rough = (high - low) / most || 1;
  const power = 10 ** Math.floor(Math.log10(rough));
  const size = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const found = [];
  for (let value = Math.ceil(low / size) * size; value <= high && found.length < 50; value += size) found.push(value);
  return found;
}

function drawPlot(view) {
  const width = view.width = view.holder.clientWidth;
  if (!width) return;
  const { marks, lines, unit } = series(view);
  const [first, last] = extent(view.plot);
  const low = view.from === null ? first : view.from, high = view.to === null ? last : view.to;
  view.span = [low, Math.max(high, low + 1)];
  const inside = (time) => time >= view.span[0] && time <= view.span[1];
  const shown = marks.filter((mark) => inside(mark[0]));
  const values = [...shown.flatMap((mark) => [mark[1], mark[2]]), ...lines.flatMap(([, points]) => points.filter((point) => inside(point[0])).map((point) => point[1]))];
  if (!values.length) values.push(0, 1);  // zoomed to where nothing is
  const zero = ["flight", "rate", "rtt"].includes(view.kind);
  const bottom = zero ? 0 : Math.min(...values), top = Math.max(bottom + 1, ...values);
  const x = view.x = (time) => MARGIN.left + ((time - view.span[0]) / (view.span[1] - view.span[0])) * (width - MARGIN.left - MARGIN.right);
  const y = (value) => TALL - MARGIN.bottom - ((value - bottom) / (top - bottom)) * (TALL - MARGIN.top - MARGIN.bottom);
  const name = `clip${view.plot.c}${view.plot.from}`;
  const canvas = svg("svg", { width, height: TALL, viewBox: `0 0 ${width} ${TALL}`, role: "img", "aria-label": plotTitle(view.plot) },
    svg("clipPath", { id: name }, svg("rect", { x: MARGIN.left, y: 0, width: Math.max(0, width - MARGIN.left - MARGIN.right), height: TALL - MARGIN.bottom + 2 })));
  for (const value of ticks(bottom, top, 5)) {
    canvas.append(svg("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }),
      svg("text", { x: MARGIN.left - 6, y: y(value) + 4, "text-anchor": "end" }, unit(value)));
  }
  for (const value of ticks(view.span[0], view.span[1], Math.max(2, Math.floor(width / 130)))) {
    canvas.append(svg("text", { x: x(value), y: TALL - 10, "text-anchor": "middle" }, duration(value)));
  }
  const body = svg("g", { "clip-path": `url(#${name})` });
  for (const [kind, points] of lines) if (points.length) body.append(svg("path", { class: `series ${kind}`, d: steps(points, x, y, kind !== "rate") }));
  for (const mark of shown) body.append(plotMark(mark, x, y, view.kind));
  view.cursor = svg("line", { class: "cursor", y1: MARGIN.top, y2: TALL - MARGIN.bottom });
  body.append(view.cursor);
  canvas.append(body);
  replace(view.holder, canvas);
  view.points = shown.map((mark) => [x(mark[0]), y(mark[2]), mark, unit]);
  view.holder.view = view;
  hoverAndDrag(view, canvas, width);
  const thin = view.plot.left_out ? ` ${several(WORDS.plot_thin, view.plot.left_out)}` : "";
  view.legend.textContent = `${WORDS.plot_legends[view.kind]} ${WORDS.plot_hint}${thin}`;
  markPlots();
}

// From the first data to the last acknowledgment that says something new, with a little room: silence before and after is left out.
function extent(plot) {
  const times = plot.segments.map((one) => one[0]);
  const end = plot.segments.reduce((one, [, , upper]) => Math.max(one, upper), 0);
  let highest = -1;
  for (const [time, ack] of plot.acks) if (ack !== null && ack > highest && highest < end) {  // the last one is for the FIN
    highest = ack;
    if (time >= times[0]) times.push(time);
  }
  const low = times.reduce((one, other) => Math.min(one, other)), high = times.reduce((one, other) => Math.max(one, other));
  const room = Math.max(1, (high - low) * 0.02);
  return [Math.max(0, low - room), high + room];
}

// A line that stays at a value until the next one is there.
function steps(points, x, y, hold) {
  return points.map(([time, value], at) => (at ? `${hold ? `H${x(time).toFixed(1)}` : ""}L${x(time).toFixed(1)} ${y(value).toFixed(1)}` : `M${x(time).toFixed(1)} ${y(value).toFixed(1)}`)).join("");
}

function plotMark([time, low, high, letter], x, y, kind) {
  const across = x(time), upper = y(high);
  if (letter === "X" || letter === "L") return svg("text", { class: `again`, x: across, y: upper + 4, "text-anchor": "middle" }, letter);
  if (letter === "A") return svg("path", { class: "mark A", d: `M${across - 3} ${upper}h6m-3 -3v6` });
  if (kind === "sequence") return svg("path", { class: "mark bar", d: `M${across - 2} ${y(low)}h4m-2 0V${upper}m-2 0h4` });
  return svg("circle", { class: "mark", cx: across, cy: upper, r: 2.2 });
}

function hoverAndDrag(view, canvas, width) {
  let from = null, box = null;
  const left = (event) => event.clientX - canvas.getBoundingClientRect().left;
  const nearest = (event) => {
    const at = [left(event), event.clientY - canvas.getBoundingClientRect().top];
    const far = (point) => Math.hypot(point[0] - at[0], point[1] - at[1]);
    return view.points.reduce((best, point) => (best === null || far(point) < far(best) ? point : best), null);
  };
  canvas.addEventListener("pointermove", (event) => {
    const point = nearest(event);
    if (point) {
      const [, , mark, unit] = point;
      const value = mark[1] === mark[2] ? unit(mark[1]) : `${unit(mark[1])} - ${unit(mark[2])}`;
      view.hover.textContent = `p${mark[4]}  ${duration(mark[0])}  ${value}`;
    }
    if (box) fillIn(box, { x: Math.min(from, left(event)), width: Math.abs(left(event) - from) }, []);
  });
  canvas.addEventListener("pointerdown", (event) => {
    from = left(event);
    box = svg("rect", { class: "drag", x: from, width: 0, y: MARGIN.top, height: TALL - MARGIN.top - MARGIN.bottom });
    canvas.append(box);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointerup", (event) => {
    const to = left(event), time = (at) => view.span[0] + ((at - MARGIN.left) / (width - MARGIN.left - MARGIN.right)) * (view.span[1] - view.span[0]);
    if (box) box.remove();
    if (from !== null && Math.abs(to - from) > 8) {
      Object.assign(view, { from: Math.max(0, time(Math.min(from, to))), to: time(Math.max(from, to)) });
      drawPlot(view);
    } else {
      const point = nearest(event);
      if (point) selectPacket(point[2][4]);
    }
    from = box = null;
  });
}

function markPlots() {
  const packet = PACKETS.get(state.packet);
  for (const holder of plotsOf.box ? plotsOf.box.querySelectorAll(".plot") : []) {
    const view = holder.view;
    if (!view || !view.cursor) continue;
    const here = packet && packet.c === view.plot.c;
    view.cursor.style.display = here ? "" : "none";
    if (here) fillIn(view.cursor, { x1: view.x(packet.time), x2: view.x(packet.time) }, []);
  }
}

// Requests over connections.
function buildWaterfall() {
  if (!DATA.waterfall) return null;
  const view = { water: DATA.waterfall, from: null, to: null, width: 0, holder: el("div", { class: "plot water" }) };
  const all = el("button", { type: "button", "aria-label": WORDS.zoom_all, title: WORDS.zoom_all, on: { click: () => { view.from = view.to = null; drawWaterfall(view); } } }, WORDS.all);
  new ResizeObserver(() => { if (view.width !== view.holder.clientWidth) drawWaterfall(view); }).observe(view.holder);
  return el("section", { id: "waterfall", "aria-labelledby": "h-water" }, el("div", { class: "title" }, el("h2", { id: "h-water" }, WORDS.waterfall), all), view.holder,
    el("p", { class: "quiet" }, `${WORDS.water_legend} ${WORDS.plot_hint}`));
}

function drawWaterfall(view) {
  const { water, holder } = view, line = 22;
  const width = view.width = holder.clientWidth, names = Math.min(300, width * 0.34);
  if (!width) return;
  const low = view.from === null ? 0 : view.from;
  const high = view.to === null ? Math.max(1, ...water.connections.map((one) => one.end), ...water.rows.map((row) => row.last || 0)) : view.to;
  const room = width - names - 88;
  const x = (time) => names + 8 + ((Math.max(low, Math.min(high, time)) - low) / (high - low)) * room;
  const canvas = svg("svg", { width, height: (water.rows.length + 1) * line + 6, role: "list", "aria-label": WORDS.waterfall });
  for (const value of ticks(low, high, Math.max(2, Math.floor(room / 140)))) {
    canvas.append(svg("line", { class: "grid", x1: x(value), x2: x(value), y1: line, y2: (water.rows.length + 1) * line }),
      svg("text", { x: x(value), y: 14, "text-anchor": "middle" }, duration(value)));
  }
  const opened = new Map(water.connections.map((one) => [one.c, one]));
  const shown = water.rows.filter((row) => [row.asked, row.sent, row.first, row.last].some((time) => time !== null && time >= low) && (row.asked || row.first || 0) <= high);
  shown.forEach((row, at) => canvas.append(waterRow(row, at, opened.get(row.c), x, line, names)));
  let from = null;
  const place = (event) => Math.max(0, event.clientX - canvas.getBoundingClientRect().left - names - 8) / room;
  canvas.addEventListener("pointerdown", (event) => { from = place(event); });
  canvas.addEventListener("pointerup", (event) => {
    const [one, other] = [from, place(event)].sort((left, right) => left - right);
    const chosen = event.target.closest("[data-first]");
    if (from !== null && other - one > 0.02) {
      Object.assign(view, { from: low + one * (high - low), to: low + Math.min(1, other) * (high - low) });
      drawWaterfall(view);
    } else if (chosen) selectPacket(Number(chosen.dataset.first));
    from = null;
  });
  replace(holder, canvas);
}

function waterRow(row, at, connection, x, line, names) {
  const y = (at + 1) * line, middle = y + line / 2;
  const status = row.status === null ? (row.first === null ? WORDS.unanswered : "") : row.status;
  const text = `c${row.c} ${row.name}`;
  const group = svg("g", { class: "request", role: "listitem", "data-first": row.packet, "aria-label": `${text} ${status}` }, svg("title", {}, `${text} ${status}`),
    svg("rect", { class: "row", x: 0, width: "100%", y, height: line }), svg("text", { x: 4, y: middle + 4 }, cut(text, names, SMALL)));
  if (connection) group.append(svg("line", { class: "open", x1: x(connection.start), x2: x(connection.end), y1: middle, y2: middle }));
  const bar = (from, to, kind) => { if (from !== null && to !== null) group.append(svg("rect", { class: kind, x: x(from), width: Math.max(1.5, x(to) - x(from)), y: y + 5, height: line - 10 })); };
  bar(row.asked, row.first === null ? row.sent : row.first, "wait");
  bar(row.first, row.last, "answer");
  const last = Math.max(row.last || 0, row.first || 0, row.sent || 0);
  group.append(svg("text", { class: "status", x: x(last) + 5, y: middle + 4 }, `${status} ${row.first !== null && row.asked !== null ? duration((row.last || row.first) - row.asked) : ""}`));
  return group;
}
