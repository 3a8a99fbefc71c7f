// The page is put together here; keys, links and search.
const seek = { head: null, status: null, box: null, count: null, found: [], at: -1 };

const has = {
  connections: DATA.connections.length > 1, bench: DATA.scenes.length > 0, waterfall: Boolean(DATA.waterfall), plots: DATA.plots.length > 0,
  findings: DATA.rules.length > 0, story: true,
};

// What is seen first is made first; the rest follows when that is painted.
function build() {
  document.title = `${DATA.title} - whywire`;
  const panes = DATA.scenes.length ? [buildPicture(), DATA.sources.length ? buildSource() : null, buildPacket()] : [];
  const bench = el("div", { class: `bench${DATA.sources.length ? "" : " plain"}${DATA.scenes.some((one) => one.lanes.length > 2) ? " lanes" : ""}`, id: "bench" }, panes.filter((pane) => pane));
  const main = el("main", {}, buildNotes(), buildOverview(), has.bench ? bench : null);
  seek.head = buildHeader();
  document.body.append(seek.head, main);
  return main;
}

function buildRest(main) {
  drawAllOfPicture();
  fillAllOfTable();
  main.append(...[buildWaterfall(), buildPlots(), buildFindings(), has.bench ? buildListing() : null, buildProse()].filter((part) => part));
  document.body.append(el("footer", { class: "quiet" }, `whywire ${DATA.version}. ${WORDS.keys}`));
  if (has.plots) showPlots();
  if (location.hash && !location.hash.startsWith("#p") && !follow()) (document.getElementById(location.hash.slice(1)) || main).scrollIntoView();
}

function buildHeader() {
  const names = { connections: WORDS.connections, bench: WORDS.picture, waterfall: WORDS.waterfall, plots: WORDS.plots, findings: WORDS.findings, story: WORDS.story };
  const button = (text, label, act) => el("button", { type: "button", "aria-label": label, title: label, on: { click: act } }, text);
  seek.box = el("input", { type: "search", id: "search", placeholder: WORDS.search, "aria-label": WORDS.search, title: WORDS.search_hint,
    on: { input: search, keydown: searchKey } });
  seek.count = el("span", { class: "quiet", "aria-live": "polite", id: "matches" });
  return el("header", { class: "top" }, el("h1", { title: DATA.title }, DATA.title),
    el("nav", { "aria-label": "whywire" }, Object.keys(names).filter((name) => has[name]).map((name) => el("a", { href: `#${name}` }, names[name]))),
    el("div", { class: "tools", role: "search" }, seek.box, seek.count),
    el("div", { class: "tools" }, button("\u2190", WORDS.previous_packet, () => go(step, -1)), button("\u2192", WORDS.next_packet, () => go(step, 1)),
      button("!\u2190", WORDS.previous_finding, () => go(stepFinding, -1)), button("!\u2192", WORDS.next_finding, () => go(stepFinding, 1))));
}

function buildNotes() {
  const notes = DATA.problems.map((text) => el("p", { class: "finding warning" }, text));
  const { detailed } = DATA.counts;
  const all = DATA.connections.reduce((sum, row) => sum + row.packets, 0);
  if (detailed < all) notes.push(el("p", { class: "finding note", id: "partly" }, say(WORDS.drawn, { shown: grouped(detailed), all: grouped(all) })));
  const summary = el("p", { id: "summary" });
  listen((changed) => {
    if (!changed.scene || !scene()) return;
    const rows = DATA.connections.filter((row) => scene().connections.includes(row.c));
    summary.textContent = rows.length === 1 ? `${DATA.connections.length > 1 ? `c${rows[0].c}: ` : ""}${rows[0].summary}` : "";
    const one = rows.length === 1 ? rows[0] : null;
    if (one && one.detailed < one.packets) summary.append(` ${say(WORDS.partly, { shown: grouped(one.detailed), all: grouped(one.packets) })}`);
  });
  seek.status = el("p", { class: "finding note", id: "status", role: "status" });
  listen((changed) => { if (changed.selection) seek.status.textContent = ""; });
  return [notes, summary, seek.status];
}

const HAY = new Map();
function hay(packet) {
  if (!HAY.has(packet.p)) {
    const calls = [...packet.calls, ...packet.woke].map((number) => CALLS.get(number)).filter((call) => call).map((call) => `${call.text} ${call.place} ${call.code || ""}`);
    const payload = packet.frame ? atob(packet.frame.bytes) : "";
    HAY.set(packet.p, [`p${packet.p}`, `c${packet.c}`, packet.what, packet.numbers, packet.why, ...packet.reasons.map((one) => DATA.strings[one[1]]), ...packet.notes.map((note) => note[0]), ...calls,
      ...packet.findings.map((at) => `${DATA.findings[at].code} ${DATA.findings[at].text}`), payload].join("\n").toLowerCase());
  }
  return HAY.get(packet.p);
}

const matches = (at) => (seek.found.length ? say(WORDS.matches, { at, all: seek.found.length }) : WORDS.no_match);

function search() {
  const words = seek.box.value.trim().toLowerCase();
  seek.found = words ? ORDER.filter((number) => hay(PACKETS.get(number)).includes(words)) : [];
  state.hits = new Set(seek.found);
  seek.at = -1;
  seek.count.textContent = words ? matches(0) : "";
  tell({});
}

function searchKey(event) {
  if (event.key === "Escape") {
    document.activeElement.blur();
    const canvas = document.querySelector(".canvas");
    if (canvas) canvas.focus();
  }
  if (event.key !== "Enter" || !seek.found.length) return;
  seek.at = (seek.at + (event.shiftKey ? -1 : 1) + seek.found.length) % seek.found.length;
  seek.count.textContent = matches(seek.at + 1);
  selectPacket(seek.found[seek.at]);
  reveal();
}

function go(way, by) {
  way(by);
  reveal();
}

function keys(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const typing = event.target.closest("input, select, textarea");
  if (typing) return;
  const arrows = event.target === document.body || event.target.closest(".picture");
  const acts = { j: () => go(step, 1), k: () => go(step, -1), n: () => go(stepFinding, 1), N: () => go(stepFinding, -1), "/": () => seek.box.focus() };
  if (arrows) Object.assign(acts, { ArrowDown: () => go(step, 1), ArrowRight: () => go(step, 1), ArrowUp: () => go(step, -1), ArrowLeft: () => go(step, -1),
    Home: () => go(step, -1e9), End: () => go(step, 1e9) });
  const act = acts[event.key];
  if (!act) return;
  event.preventDefault();
  act();
}

// Many connections: the page begins with that of the worst finding.
function worstScene() {
  const one = DATA.findings.find((finding) => finding.c !== null && DATA.scenes.some((each) => each.connections[0] === finding.c));
  return one && LEVELS.indexOf(one.level) < 2 ? DATA.scenes.findIndex((each) => each.connections[0] === one.c) : 0;
}

const headHeight = () => (getComputedStyle(seek.head).position === "sticky" ? seek.head.offsetHeight : 0);

function linkedPacket() {
  const found = /^#p(\d+)$/.exec(location.hash);
  return found ? Number(found[1]) : null;
}

// True: the link named a packet that is here, and it is selected. One that is not here is said to be not.
function follow() {
  const number = linkedPacket();
  if (number !== null && selectPacket(number)) return true;
  if (number !== null) seek.status.textContent = notHere(number);
  const rule = /^#([A-Z]+\d+)$/.exec(location.hash) && document.getElementById(location.hash.slice(1));
  if (rule) rule.open = true;
  return false;
}

function notHere(number) {
  const there = number >= 1 && number <= DATA.counts.packets;
  return [there ? say(WORDS.not_drawn, { packet: grouped(number) }) : say(WORDS.not_there, { packet: grouped(number), all: grouped(DATA.counts.packets) }),
    state.packet === null ? "" : say(WORDS.instead, { packet: grouped(state.packet) })].join(" ").trim();
}

const main = build();
document.addEventListener("keydown", keys);
window.addEventListener("hashchange", () => {
  if (follow()) reveal();
  else if (seek.status.textContent) seek.status.scrollIntoView({ block: "nearest" });
});
if (DATA.scenes.length) {
  if (DATA.scenes[0].connections.length === 1) state.scene = worstScene();
  const asked = PACKETS.get(linkedPacket());
  if (asked) Object.assign(state, { scene: sceneOf(asked.c), packet: asked.p });
  else if (scene().arrows.length) state.packet = scene().arrows[0].p;
  tell({ scene: true, selection: true });
  if (follow()) reveal();
}
requestAnimationFrame(() => setTimeout(() => buildRest(main), 0));
