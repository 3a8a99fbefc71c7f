// The selected packet (or call) in full: why, the bookkeeping, each header field with its bytes.
const FIRST_BYTES = 256, A_ROW = 16;
const detail = { box: null, bytes: [], fields: [], all: false };

function buildPacket() {
  detail.box = el("div", { class: "scroll", tabindex: 0, "aria-label": WORDS.packet });
  listen((changed) => { if (changed.selection) showDetail(); });
  return el("section", { class: "pane packet", "aria-labelledby": "h-packet" },
    el("header", {}, el("h2", { id: "h-packet", "aria-live": "polite" }, WORDS.packet)), detail.box);
}

function showDetail() {
  const title = document.getElementById("h-packet");
  const packet = PACKETS.get(state.packet), call = CALLS.get(state.call);
  detail.all = false;
  title.textContent = packet ? say(WORDS.title, { number: packet.p, what: packet.what }) : call ? say(WORDS.call_title, { call: call.text }) : WORDS.packet;
  if (packet) replace(detail.box, aboutPacket(packet));
  else if (call) replace(detail.box, aboutCall(call));
  else replace(detail.box, el("p", {}, WORDS.no_packet));
  detail.box.scrollTop = 0;
}

function aboutPacket(packet) {
  const row = DATA.connections.find((one) => one.c === packet.c);
  return [
    el("p", { class: "quiet" }, `c${packet.c}, ${packet.from} \u2192 ${packet.to}`,
      row && packet.from === "server" ? ` (${row.server} \u2192 ${row.client})` : row ? ` (${row.client} \u2192 ${row.server})` : ""),
    packet.findings.map((at) => findingLine(DATA.findings[at])),
    el("dl", { class: "reasons" }, el("dt", {}, WORDS.when), el("dd", { class: "when" }, whenOf(packet, row).map((text) => el("div", {}, text))), packet.reasons.map(([label, text, certainty]) => [el("dt", {}, DATA.strings[label]),
      el("dd", {}, linked(DATA.strings[text]), " ", marked(certainty))])),
    callList(packet.calls, WORDS.caused), callList(packet.woke, WORDS.woke),
    el("h3", {}, WORDS.book), packet.numbers ? el("p", {}, linked(packet.numbers)) : null, bookTable(packet),
    el("p", { class: "quiet" }, `${WORDS.book_note} ${packet.raw} ${packet.window}`),
    el("h3", {}, WORDS.bytes), ...bytesOf(packet),
  ];
}

// On the clock of its connection, which plots have too, and on that of the whole capture, where they differ.
function whenOf(packet, row) {
  const said = [say(WORDS.since_connection, { time: milliseconds(packet.time), connection: `c${packet.c}` })];
  if (row && row.start) said.push(say(WORDS.since_capture, { time: milliseconds(row.start + packet.time) }));
  if (packet.arrival !== null && packet.arrival > packet.time) said.push(say(WORDS.arrived, { flight: duration(packet.arrival - packet.time) }));
  return said;
}

function findingLine(finding) {
  return el("p", { class: `finding ${finding.level}` }, el("a", { href: `#${finding.code}` }, `${WORDS.levels[finding.level]} ${finding.code}`), " ", finding.text);
}

function callList(numbers, role) {
  const calls = numbers.map((number) => CALLS.get(number)).filter((call) => call);
  return calls.length ? el("ul", { class: "calls" }, calls.slice(0, 12).map((call) => el("li", {},
    el("button", { type: "button", title: call.place, on: { click: () => selectCall(call.k) } }, call.place), " ", el("code", {}, call.code || ""), " ", el("code", { class: "quiet" }, call.text), el("span", { class: "quiet" }, ` ${role}`)))) : null;
}

function bookTable(packet) {
  const shown = (value) => (value === null ? WORDS.unknown : String(value));
  const way = (sent, acknowledged) => (sent === null || acknowledged === null ? WORDS.unknown : grouped(Math.max(0, sent - acknowledged)));
  const cell = (before, after) => el("td", { class: before === after ? "" : "changed" },
    before === after ? before : [el("span", { class: "was" }, before), " \u2192 ", el("b", {}, after)]);
  return el("table", { class: "book" }, el("thead", {}, el("tr", {}, WORDS.book_head.map((text) => el("th", { scope: "col" }, text)))),
    el("tbody", {}, packet.book.map(([side, sent, acked, sentAfter, ackedAfter]) => el("tr", {}, el("th", { scope: "row" }, side),
      cell(shown(sent), shown(sentAfter)), cell(shown(acked), shown(ackedAfter)), cell(way(sent, acked), way(sentAfter, ackedAfter))))));
}

function bytesOf(packet) {
  const frame = packet.frame;
  if (!frame) return [el("p", { class: "quiet" }, WORDS.no_bytes)];
  const bytes = Uint8Array.from(atob(frame.bytes), (letter) => letter.charCodeAt(0));
  const notes = [];
  if (bytes.length < frame.captured) notes.push(say(WORDS.cut, { shown: grouped(bytes.length), captured: grouped(frame.captured) }));
  if (frame.captured < frame.original) notes.push(say(WORDS.snapped, { captured: grouped(frame.captured), original: grouped(frame.original) }));
  const dump = el("div", { class: "hex", role: "group", "aria-label": WORDS.bytes });
  const draw = () => drawBytes(dump, bytes, frame.layers, detail.all ? bytes.length : FIRST_BYTES);
  const all = bytes.length > FIRST_BYTES ? el("button", { type: "button", on: { click: (event) => {
    detail.all = true;
    event.target.remove();
    draw();
  } } }, say(WORDS.all_bytes, { count: grouped(bytes.length) })) : null;
  draw();
  return [dump, all, notes.length ? el("p", { class: "quiet" }, notes.join(" ")) : null, ...fieldTables(frame.layers)];
}

function drawBytes(dump, bytes, layers, most) {
  detail.bytes = [];
  const rows = [];
  for (let start = 0; start < Math.min(bytes.length, most); start += A_ROW) {
    const hex = el("span", { class: "values" }), text = el("span", { class: "text" });
    for (let at = start; at < Math.min(start + A_ROW, bytes.length, most); at += 1) {
      const layer = layers.findIndex(([, from, to]) => at >= from && at < to);
      const value = bytes[at];
      const one = el("span", { class: `b l${Math.max(0, layer) % 6}`, "data-at": at }, value.toString(16).padStart(2, "0"));
      const letter = el("span", { class: "t", "data-at": at }, value > 32 && value < 127 ? String.fromCharCode(value) : value === 32 ? "\u00a0" : "\u00b7");
      hex.append(one, (at - start) % 8 === 7 ? "  " : " ");
      text.append(letter);
      detail.bytes[at] = [one, letter];
    }
    rows.push(el("div", { class: "hexrow" }, el("span", { class: "offset" }, start.toString(16).padStart(4, "0")), hex, text));
  }
  replace(dump, rows);
  dump.onmouseover = dump.onclick = (event) => {
    const at = event.target.dataset.at;
    if (at !== undefined) light(fieldAt(Number(at)));
  };
}

// Innermost layers first, so that the field whose bytes these are is found.
function fieldAt(at) {
  const holding = detail.fields.filter((field) => at >= field.from && at < field.to);
  return holding.sort((left, right) => left.to - left.from - (right.to - right.from))[0] || null;
}

function fieldTables(layers) {
  detail.fields = [];
  return layers.map(([name, start, end, problem, fields], index) => {
    const rows = fields.map((at) => fieldRow(DATA.fields[at], index));
    const open = index >= layers.length - 2;
    const summary = el("summary", { class: `l${index % 6}` }, DATA.strings[name], el("span", { class: "quiet" }, ` ${start}-${Math.max(start, end - 1)}`));
    summary.addEventListener("mouseenter", () => light({ from: start, to: end, row: null }));
    return el("details", { open, class: "layer" }, summary,
      problem && DATA.strings[problem] ? el("p", { class: "finding warning" }, DATA.strings[problem]) : null,
      el("table", { class: "fields" }, el("tbody", {}, rows)));
  });
}

function fieldRow([name, text, meaning, from, to, mask], index) {
  const bits = mask < 0 ? "" : ` & 0x${mask.toString(16)}`;
  const row = el("tr", { tabindex: 0, "data-from": from }, el("td", { class: `offset l${index % 6}` }, (to - from > 1 ? `${from}-${to - 1}` : String(from)) + bits),
    el("th", { scope: "row" }, DATA.strings[name]), el("td", {}, DATA.strings[text], DATA.strings[meaning] ? el("span", { class: "quiet" }, ` ${DATA.strings[meaning]}`) : null));
  const field = { from, to, row };
  detail.fields.push(field);
  row.addEventListener("mouseenter", () => light(field));
  row.addEventListener("click", () => light(field));
  row.addEventListener("focus", () => light(field));
  row.addEventListener("keydown", (event) => {
    const next = { ArrowDown: row.nextElementSibling, ArrowUp: row.previousElementSibling }[event.key];
    if (!next) return;
    event.preventDefault();
    event.stopPropagation();
    next.focus();
  });

  return row;
}

function light(field) {
  for (const node of detail.box.querySelectorAll(".lit")) node.classList.remove("lit");
  if (!field) return;
  for (let at = field.from; at < field.to; at += 1) for (const node of detail.bytes[at] || []) node.classList.add("lit");
  if (field.row) field.row.classList.add("lit");
}

function aboutCall(call) {
  const packets = (numbers) => el("p", {}, (numbers || []).map((number) => [el("a", { class: "chip", href: `#p${number}` }, `p${number}`), " "]));
  const carried = CARRIES.get(call.k), awaited = AWAITED.get(call.k);
  return [
    el("p", {}, el("b", {}, call.place), call.function ? ` ${say(WORDS.inside, { function: call.function })}` : "", el("span", { class: "quiet" }, ` ${say(WORDS.file_of, { host: call.host })}`)),
    call.code ? el("pre", {}, call.code) : null,
    call.error ? el("p", { class: "finding error" }, call.error) : null,
    el("p", {}, call.end === null ? WORDS.still_waiting : say(WORDS.took, { time: duration(call.end - call.start) }), " ", linked(call.waited)),
    carried ? [el("h3", {}, WORDS.carried), packets(carried)] : null,
    awaited ? [el("h3", {}, WORDS.waited_for), packets(awaited)] : null,
  ].flat();
}
