// The life of the token as a line that moves, with the rotations on it and the alarms below it.

const SHORTEST_SECONDS = 120;
const HIGHEST_SECONDS = 300;
const MARGIN = { top: 10, right: 8, bottom: 22, left: 36 };
const HEIGHT = 190;
const LANE = 30;

/** Draws the state into the SVG element, as wide as it is shown. */
export function draw(svg, state) {
  const width = Math.max(240, svg.clientWidth);
  const alarms = state.alarms.filter((one) => one.periods.some((time) => ends(time, state) > begins(state)));
  const height = HEIGHT + alarms.length * LANE;
  const x = (second) =>
    MARGIN.left + ((second - begins(state)) / (state.at - begins(state))) * (width - MARGIN.left - MARGIN.right);
  const y = (seconds) =>
    MARGIN.top + (1 - Math.min(seconds, HIGHEST_SECONDS) / HIGHEST_SECONDS) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const drawing = [
    ...gaps(state).map(([from, to]) =>
      shape("rect", { class: "gap", x: x(from), y: y(HIGHEST_SECONDS), width: x(to) - x(from), height: y(0) - y(HIGHEST_SECONDS) })),
    ...axes(state, x, y, width),
    shape("path", { class: "line", d: line(state, x, y) }),
    ...state.rotations.filter((one) => one.at >= begins(state)).flatMap((one) => mark(one, state, x, y)),
    ...alarms.flatMap((one, lane) => bars(one, state, x, HEIGHT + lane * LANE)),
  ];
  svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
  svg.style.height = `${height}px`;
  svg.setAttribute("aria-label", description(state));
  svg.replaceChildren(...drawing);
}

function begins(state) {
  const first = state.life.length ? state.life[0].begins : state.at;
  return Math.max(state.at - state.shown_seconds, Math.min(first, state.at - SHORTEST_SECONDS));
}

/** What the parameter held, each span with its end, within what is shown. */
function spans(state) {
  return state.life.map((span, index) => ({
    from: Math.max(span.begins, begins(state)),
    to: state.life[index + 1]?.begins ?? state.at,
    expires: span.expires_at,
  }));
}

function gaps(state) {
  return spans(state)
    .map(({ from, to, expires }) => [expires === null ? from : Math.max(from, Math.min(expires, to)), to])
    .filter(([from, to]) => to > from);
}

function line(state, x, y) {
  const at = (second, expires) => `${x(second).toFixed(1)} ${y(Math.max(0, (expires ?? 0) - second)).toFixed(1)}`;
  const points = spans(state).flatMap(({ from, to, expires }) => {
    const dies = expires !== null && from < expires && expires < to ? [at(expires, expires)] : [];
    return [at(from, expires), ...dies, at(to, expires)];
  });
  return points.length ? `M${points.join("L")}` : "";
}

function lifeAt(state, second) {
  const there = spans(state).findLast((span) => span.from <= second);
  return Math.max(0, (there?.expires ?? 0) - second);
}

function mark(rotation, state, x, y) {
  if (rotation.outcome === "published") {
    const after = lifeAt(state, Math.min(rotation.at + 1.5, state.at));
    return [shape("circle", { class: "published", cx: x(rotation.at), cy: y(after), r: 4.5 })];
  }
  if (rotation.outcome !== "failed") return [];
  const [cx, cy] = [x(rotation.at), y(lifeAt(state, rotation.at))];
  const d = `M${cx - 5} ${cy - 5}L${cx + 5} ${cy + 5}M${cx + 5} ${cy - 5}L${cx - 5} ${cy + 5}`;
  return [shape("path", { class: "failed", d })];
}

function bars(alarm, state, x, top) {
  const rects = alarm.periods
    .map((time) => [Math.max(time.begins, begins(state)), ends(time, state)])
    .filter(([from, to]) => to > from)
    .map(([from, to]) => [x(from), Math.max(3, x(to) - x(from))]);
  return [
    shape("text", { class: "in-alarm", x: MARGIN.left, y: top + 12 }, alarm.name),
    ...rects.map(([from, long]) => shape("rect", { class: "alarm", x: from, y: top + 17, width: long, height: 7, rx: 3 })),
  ];
}

function ends(time, state) {
  return time.ends ?? state.at;
}

function axes(state, x, y, width) {
  const levels = [0, 100, 200, 300].flatMap((seconds) => [
    shape("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(seconds), y2: y(seconds) }),
    shape("text", { x: MARGIN.left - 6, y: y(seconds) + 4, "text-anchor": "end" }, String(seconds)),
  ]);
  const every = (state.at - begins(state)) / 60 > (width < 500 ? 3 : 6) ? 120 : 60;
  const moments = [];
  for (let at = Math.ceil(begins(state) / every) * every; at <= state.at; at += every) {
    if (x(at) > width - 18 || x(at) < MARGIN.left + 8) continue;
    moments.push(shape("text", { x: x(at), y: HEIGHT - 6, "text-anchor": "middle" }, clock(at, { second: undefined })));
  }
  return [...levels, ...moments];
}

function description(state) {
  const left = Math.round(lifeAt(state, state.at));
  const minutes = Math.round((state.at - begins(state)) / 60);
  const failed = state.rotations.filter((one) => one.outcome === "failed" && one.at >= begins(state)).length;
  const without = Math.round(gaps(state).reduce((sum, [from, to]) => sum + to - from, 0));
  return `Life of the token over the last ${minutes} minutes: now ${left} seconds left, ` +
    `${without} seconds without a valid token, ${failed} failed rotations.`;
}

/** The time of day. */
export function clock(second, options = {}) {
  const shown = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23", ...options };
  return new Intl.DateTimeFormat("en-GB", shown).format(second * 1000);
}

function shape(name, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) {
    element.setAttribute(key, typeof value === "number" ? value.toFixed(1) : value);
  }
  if (text !== undefined) element.textContent = text;
  return element;
}
