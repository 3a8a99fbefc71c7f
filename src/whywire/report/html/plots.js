// Series over time. One drawing for all kinds: marks, lines, two axes, zoom along time.
const MARGIN = { right: 14, top: 10, bottom: 44 }, TALL = 300;
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
    const acts = { "+": () => zoom(view, 0.5), "=": () => zoom(view, 0.5), "-": () => zoom(view, 2), 0: () => zoom(view, 0),
      ArrowRight: () => stepPoint(view, 1), ArrowLeft: () => stepPoint(view, -1) };
    if (!acts[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    acts[event.key]();
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
    return { marks: plot.segments, lines: [["ack", acks.map(([time, ack]) => [time, ack])], ["edge", near.length > edges.length / 2 ? near : []]], units: COUNT };
  }
  if (view.kind === "stevens") {
    return { marks: [...plot.segments.map(([time, seq, , letter, p]) => [time, seq, seq, letter, p]),
      ...acks.map(([time, ack, , p]) => [time, ack, ack, "A", p])], lines: [], units: COUNT };
  }
  if (view.kind === "flight") {
    return { marks: plot.flight.map(([time, value, p]) => [time, value, value, "D", p]), lines: [["ack", plot.flight.map(([time, value]) => [time, value])]], units: COUNT };
  }
  if (view.kind === "rtt") return { marks: plot.rtt.map(([time, value, p]) => [time, value, value, "D", p]), lines: [], units: TIME };
  const { start, width, bytes } = plot.rate;
  const bins = bytes.map((count, at) => [start + (at + 0.5) * width, count * 1e9 / width]);
  const steps = bytes.flatMap((count, at) => [[start + at * width, count * 1e9 / width], [start + (at + 1) * width, count * 1e9 / width]]);
  return { marks: [], lines: [["rate", steps]], units: RATE, bins };
}

function drawPlot(view) {
  view.width = view.holder.clientWidth;
  if (!view.width) return;
  const size = view.size = letterSize(), width = view.width / size;
  const { marks, lines, units, bins } = series(view);
  const [first, last] = extent(view.plot);
  const low = view.from === null ? first : view.from, high = view.to === null ? last : view.to;
  view.span = [low, Math.max(high, low + 1)];
  const inside = (time) => time >= view.span[0] && time <= view.span[1];
  const shown = marks.filter((mark) => inside(mark[0]));
  const values = [...shown.flatMap((mark) => [mark[1], mark[2]]), ...lines.flatMap(([, points]) => points.filter((point) => inside(point[0])).map((point) => point[1]))];
  if (!values.length) values.push(0, 1);  // zoomed to where nothing is
  const zero = ["flight", "rate", "rtt"].includes(view.kind);
  const bottom = zero ? 0 : values.reduce((one, other) => Math.min(one, other)), top = values.reduce((one, other) => Math.max(one, other), bottom + 1);
  const levels = ticks(bottom, top, TALL - MARGIN.bottom - MARGIN.top, units, true).marks;
  const left = view.left = Math.max(60, levels.reduce((most, [, text]) => Math.max(most, text.length), 0) * LETTER_WIDTH + 12);
  const room = view.room = Math.max(1, width - left - MARGIN.right);
  const x = view.x = (time) => left + ((time - view.span[0]) / (view.span[1] - view.span[0])) * room;
  const y = (value) => TALL - MARGIN.bottom - ((value - bottom) / (top - bottom)) * (TALL - MARGIN.top - MARGIN.bottom);
  const name = `clip${view.plot.c}${view.plot.from}`;
  const canvas = svg("svg", { width: view.width, height: TALL * size, viewBox: `0 0 ${width} ${TALL}`, role: "img", "aria-label": `${plotTitle(view.plot)}: ${WORDS.plot_kinds[view.kind]}` },
    svg("clipPath", { id: name }, svg("rect", { x: left, y: 0, width: room, height: TALL - MARGIN.bottom + 2 })));
  for (const [value, text] of levels) {
    canvas.append(svg("line", { class: "grid", x1: left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }),
      svg("text", { class: "tick", x: left - 6, y: y(value) + 4, "text-anchor": "end" }, text));
  }
  const clock = say(WORDS.plot_clock, { connection: `c${view.plot.c}` });
  timeAxis(canvas, view.span, x, room, { line: TALL - MARGIN.bottom, text: TALL - 27, name: TALL - 10, left, right: width }, clock);
  const body = svg("g", { "clip-path": `url(#${name})` });
  for (const [kind, points] of lines) if (points.length) body.append(svg("path", { class: `series ${kind}`, d: steps(points, x, y, kind !== "rate") }));
  for (const mark of shown) body.append(plotMark(mark, x, y, view.kind));
  view.cursor = svg("line", { class: "cursor", y1: MARGIN.top, y2: TALL - MARGIN.bottom });
  body.append(view.cursor);
  canvas.append(body);
  replace(view.holder, canvas);
  view.points = bins ? bins.filter(([time]) => inside(time)).map(([time, value]) => [x(time), y(value), [time, value, value]])
    : shown.map((mark) => [x(mark[0]), y(mark[2]), mark]);
  view.units = units;
  view.holder.view = view;
  hoverAndDrag(view, canvas);
  const thin = view.plot.left_out ? ` ${several(WORDS.plot_thin, view.plot.left_out)}` : "";
  replace(view.legend, `${WORDS.plot_legends[view.kind]}${thin} `, el("span", { class: "hint" }, WORDS.plot_hint));
  markPlots();
}

// The ticks of time below a drawing, the clock that they show, and the base that they count from.
function timeAxis(canvas, [low, high], x, room, at, clock) {
  const { base, marks } = ticks(low, high, room, TIME);
  for (const [value, text] of marks) {
    const half = (text.length * LETTER_WIDTH) / 2, over = x(value) + half > at.right;
    canvas.append(svg("line", { class: "tick", x1: x(value), x2: x(value), y1: at.line, y2: at.line + 5 }),
      svg("text", { class: "tick", x: over ? at.right - 1 : x(value), y: at.text, "text-anchor": over ? "end" : "middle" }, text));
  }
  canvas.append(svg("text", { class: "clock", x: at.left, y: at.name }, base ? `${say(WORDS.tick_base, { base })}, ${clock}` : clock));
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

function pointText(view, mark) {
  const shown = (value) => (view.units === TIME ? duration(value) : view.units === RATE ? tickText(Math.round(value), 1000, RATE[2]) : grouped(value));
  const value = mark[1] === mark[2] ? shown(mark[1]) : `${shown(mark[1])} - ${shown(mark[2])}`;
  return `${mark[4] === undefined ? "" : `p${mark[4]}  `}${duration(mark[0])}  ${value}`;
}

function hoverAndDrag(view, canvas) {
  let from = null, box = null;
  const place = (event) => {
    const seen = canvas.getBoundingClientRect();
    return [(event.clientX - seen.left) / view.size, (event.clientY - seen.top) / view.size];
  };
  const nearest = (event) => {
    const at = place(event);
    const far = (point) => Math.hypot(point[0] - at[0], point[1] - at[1]);
    return view.points.reduce((best, point) => (best === null || far(point) < far(best) ? point : best), null);
  };
  const done = () => {
    if (box) box.remove();
    from = box = null;
  };
  canvas.addEventListener("pointermove", (event) => {
    const point = nearest(event), [left] = place(event);
    if (point) view.hover.textContent = pointText(view, point[2]);
    if (box) fillIn(box, { x: Math.min(from, left), width: Math.abs(left - from) }, []);
  });
  canvas.addEventListener("pointerleave", () => { if (!box) hoverSelected(view); });
  canvas.addEventListener("pointerdown", (event) => {
    if (event.button) return;
    [from] = place(event);
    box = svg("rect", { class: "drag", x: from, width: 0, y: MARGIN.top, height: TALL - MARGIN.top - MARGIN.bottom });
    canvas.append(box);
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointercancel", done);
  canvas.addEventListener("pointerup", (event) => {
    const [to] = place(event), time = (at) => view.span[0] + ((at - view.left) / view.room) * (view.span[1] - view.span[0]);
    const start = from;
    done();
    if (start === null) return;
    if (Math.abs(to - start) > 8) {
      Object.assign(view, { from: Math.max(0, time(Math.min(start, to))), to: time(Math.max(start, to)) });
      drawPlot(view);
      return;
    }
    const point = nearest(event);
    if (point && point[2][4] !== undefined) selectPacket(point[2][4]);
  });
}

// What hovering says, for the selected packet: so that keys say it too.
function hoverSelected(view) {
  const point = view.points.find((one) => one[2][4] === state.packet);
  view.hover.textContent = point ? pointText(view, point[2]) : "\u00a0";
}

// The next point with a packet, by time; the window of time moves along when it lies outside.
function stepPoint(view, by) {
  const numbers = [...series(view).marks].filter((mark) => mark[4] !== undefined).sort((one, other) => one[0] - other[0] || one[4] - other[4]);
  if (!numbers.length) return;
  const here = PACKETS.get(state.packet), at = numbers.findIndex((mark) => mark[4] === state.packet);
  const near = here && here.c === view.plot.c ? numbers.findIndex((mark) => mark[0] >= here.time) : by > 0 ? 0 : numbers.length - 1;
  const next = at >= 0 ? at + by : near < 0 ? numbers.length - 1 : near;
  const mark = numbers[Math.max(0, Math.min(numbers.length - 1, next))];
  const [low, high] = view.span;
  if (mark[0] < low || mark[0] > high) {
    const from = Math.max(0, mark[0] - (high - low) / 2);
    Object.assign(view, { from, to: from + (high - low) });
    drawPlot(view);
  }
  selectPacket(mark[4]);
}

function markPlots() {
  const packet = PACKETS.get(state.packet);
  for (const holder of plotsOf.box ? plotsOf.box.querySelectorAll(".plot") : []) {
    const view = holder.view;
    if (!view || !view.cursor) continue;
    const here = packet && packet.c === view.plot.c;
    view.cursor.style.display = here ? "" : "none";
    if (here) fillIn(view.cursor, { x1: view.x(packet.time), x2: view.x(packet.time) }, []);
    hoverSelected(view);
  }
}
