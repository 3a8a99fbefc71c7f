// The data, and what is selected. Whoever shows something listens here.
const DATA = JSON.parse(document.getElementById("data").textContent);
const WORDS = DATA.words;
const PACKETS = new Map(DATA.packets.map((packet) => [packet.p, packet]));
const CALLS = new Map(DATA.calls.map((call) => [call.k, call]));
const ORDER = DATA.packets.map((packet) => packet.p);
const CARRIES = new Map();
const AWAITED = new Map();
for (const packet of DATA.packets) {
  for (const call of packet.calls) CARRIES.set(call, [...(CARRIES.get(call) || []), packet.p]);
  for (const call of packet.woke) AWAITED.set(call, [...(AWAITED.get(call) || []), packet.p]);
}

const state = { scene: 0, packet: null, call: null, hits: new Set() };
const listeners = [];
const listen = (act) => listeners.push(act);
const tell = (changed) => listeners.forEach((act) => act(changed));
const scene = () => DATA.scenes[state.scene];

function sceneOf(connection) {
  if (scene() && scene().connections.includes(connection)) return state.scene;
  return DATA.scenes.findIndex((one) => one.connections.length === 1 && one.connections[0] === connection);
}

function selectPacket(number, origin) {
  const packet = PACKETS.get(number);
  if (!packet) return false;
  const at = sceneOf(packet.c);
  const moved = at >= 0 && at !== state.scene;
  if (moved) state.scene = at;
  Object.assign(state, { packet: number, call: null });
  if (location.hash !== `#p${number}`) history.replaceState(null, "", `#p${number}`);
  tell({ scene: moved, selection: true, origin });
  return true;
}

function selectCall(number, origin) {
  if (!CALLS.has(number)) return;
  const has = (one) => one.calls.some((box) => box.k === number);
  const at = scene() && has(scene()) ? state.scene : DATA.scenes.findIndex(has);
  const moved = at >= 0 && at !== state.scene;
  if (moved) state.scene = at;
  Object.assign(state, { packet: null, call: number });
  tell({ scene: moved, selection: true, origin });
}

function selectScene(at) {
  state.scene = at;
  const packet = PACKETS.get(state.packet);
  const inside = packet && scene().connections.includes(packet.c);
  if (inside) tell({ scene: true, selection: true });
  else if (scene().arrows.length) {
    Object.assign(state, { packet: scene().arrows[0].p, call: null });
    tell({ scene: true, selection: true });
  } else tell({ scene: true, selection: true });
}

function step(by) {
  const numbers = scene() ? scene().arrows.map((arrow) => arrow.p) : [];
  let at = numbers.indexOf(state.packet);
  if (at < 0 && state.call !== null) {
    const near = [...(CARRIES.get(state.call) || []), ...(AWAITED.get(state.call) || [])][0];
    at = numbers.indexOf(near) - (by > 0 ? 1 : 0);
  }
  const next = numbers[Math.max(0, Math.min(numbers.length - 1, at + by))];
  if (next !== undefined) selectPacket(next);
}

// The findings at packets, by packet: n goes on from where the reader is, and around.
function stepFinding(by) {
  const numbers = [...new Set(DATA.findings.filter((one) => PACKETS.has(one.p) && visibleLevel(one.level)).map((one) => one.p))]
    .sort((left, right) => left - right);
  if (!numbers.length) return;
  const here = state.packet || 0;
  const next = by > 0 ? numbers.find((number) => number > here) : numbers.filter((number) => number < here).pop();
  selectPacket(next === undefined ? numbers[by > 0 ? 0 : numbers.length - 1] : next);
}
