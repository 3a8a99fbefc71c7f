// The table of connections: sorted by a column, filtered by words.
const RANK = { error: 4, warning: 3, note: 2, info: 1 };
// A few rows first: laying out hundreds of them takes longer than all else that is seen first.
const table = { most: 30, body: null, count: null, by: null, down: false, words: "" };

const COLUMNS = [
  (row) => row.c, (row) => row.client, (row) => row.server, (row) => row.packets, (row) => row.up, (row) => row.down,
  (row) => row.start, (row) => row.length, (row) => row.end, (row) => (RANK[row.worst] || 0) * 1e6 + row.findings,
];

function buildOverview() {
  if (DATA.connections.length < 2) return null;
  table.body = el("tbody", {});
  table.count = el("p", { class: "quiet", "aria-live": "polite" });
  const heads = WORDS.columns.map((text, at) => el("th", { scope: "col", "aria-sort": "none" },
    el("button", { type: "button", on: { click: () => sortBy(at, heads) } }, text)));
  const filter = el("input", { type: "search", id: "filter", placeholder: WORDS.filter, "aria-label": WORDS.filter,
    on: { input: (event) => { table.words = event.target.value.toLowerCase(); fillTable(); } } });
  table.body.addEventListener("click", (event) => {
    const row = event.target.closest("[data-scene]");
    if (row && row.dataset.scene !== "-1") selectScene(Number(row.dataset.scene));
  });
  listen((changed) => { if (changed.scene) markTable(); });
  fillTable();
  return el("section", { id: "connections", "aria-labelledby": "h-connections" }, el("div", { class: "title" }, el("h2", { id: "h-connections" }, WORDS.connections), filter, table.count),
    el("div", { class: "overview", tabindex: 0, role: "region", "aria-label": WORDS.connections }, el("table", {}, el("thead", {}, el("tr", {}, heads)), table.body)));
}

function sortBy(at, heads) {
  table.down = table.by === at ? !table.down : at >= 3 && at !== 8;
  table.by = at;
  heads.forEach((head, each) => head.setAttribute("aria-sort", each !== at ? "none" : table.down ? "descending" : "ascending"));
  fillTable();
}

function fillTable() {
  const words = table.words.split(/\s+/).filter((word) => word);
  const text = (row) => `c${row.c} ${row.client} ${row.server} ${row.programs.join(" ")} ${row.end} ${row.worst || ""}`.toLowerCase();
  const rows = DATA.connections.filter((row) => words.every((word) => text(row).includes(word)));
  if (table.by !== null) {
    const key = COLUMNS[table.by], way = table.down ? -1 : 1;
    rows.sort((left, right) => {
      const [one, other] = [key(left), key(right)];
      return (one === other ? left.c - right.c : one === null ? 1 : other === null ? -1 : one < other ? -way : way);
    });
  }
  replace(table.body, rows.slice(0, table.most).map(tableRow));
  const more = rows.length > table.most ? `. ${say(WORDS.more, { count: grouped(rows.length - table.most) })}` : "";
  table.count.textContent = (rows.length === DATA.connections.length ? several(WORDS.rows, rows.length)
    : say(WORDS.rows_of, { shown: grouped(rows.length), all: grouped(DATA.connections.length) })) + more;
  table.count.textContent += `. ${WORDS.columns_note}`;
  markTable();
}

function tableRow(row) {
  const at = DATA.scenes.findIndex((one) => one.connections.length === 1 && one.connections[0] === row.c);
  const name = at < 0 ? `c${row.c}` : el("button", { type: "button", class: "link" }, `c${row.c}`);
  const number = (value) => el("td", { class: "number" }, value === null ? "-" : grouped(value));
  const time = (value) => el("td", { class: "number" }, value === null ? "-" : duration(value));
  const found = row.findings ? [el("span", { class: `level ${row.worst}` }, WORDS.levels[row.worst]), ` ${row.findings}`] : "";
  return el("tr", { "data-scene": at, class: at < 0 ? "" : "detailed" }, el("th", { scope: "row" }, name), el("td", {}, row.client), el("td", {}, row.server),
    number(row.packets), number(row.up), number(row.down), time(row.start), time(row.length), el("td", {}, row.end), el("td", {}, found));
}

function fillAllOfTable() {
  table.most = 300;
  if (table.body && DATA.connections.length > table.body.children.length) fillTable();
}

function markTable() {
  if (!table.body) return;
  const shown = scene() ? scene().connections : [];
  for (const row of table.body.children) {
    const at = Number(row.dataset.scene);
    const here = at >= 0 && shown.includes(DATA.scenes[at].connections[0]);
    if (here) row.setAttribute("aria-current", "true");
    else row.removeAttribute("aria-current");
  }
}
