// The page of `make run`: asks for the state once a second and shows it.

import { clock, draw } from "/chart.js";

const EVERY_MILLISECONDS = 1000;
const by = (id) => document.getElementById(id);

async function poll() {
  try {
    show(await answer(fetch("/state")));
  } catch {
    status("unknown", "The run has ended, or it does not answer. Start it again: make run");
  }
  setTimeout(poll, EVERY_MILLISECONDS);
}

async function answer(fetching) {
  const response = await fetching;
  const content = await response.json();
  if (!response.ok) throw new Error(content.error);
  return content;
}

async function act(path, content, done) {
  by("said").textContent = "…";
  try {
    const headers = { "Content-Type": "application/json" };
    show(await answer(fetch(path, { method: "POST", headers, body: JSON.stringify(content) })));
    by("said").textContent = done;
  } catch (error) {
    by("said").textContent = `That did not work: ${error.message}`;
  }
}

function show(state) {
  panel(state);
  if (!state.at) return;
  by("parameter").textContent = state.parameter_name;
  headline(state);
  draw(by("chart"), state);
  consumer(state);
  list(by("alarm-list"), state.alarms.map((alarm) => alarmItem(alarm)));
  list(by("event-list"), [...state.rotations].reverse().map(eventItem));
}

function headline(state) {
  const active = state.alarms.filter(inAlarm).map((one) => one.name);
  const alarms = active.length ? ` In ALARM: ${active.join(", ")}.` : "";
  if (state.worked) status(active.length ? "warn" : "good", `Consumers have a valid token.${alarms}`);
  else if (!state.reads) status("unknown", "No consumer has read a token yet.");
  else status("bad", `Consumers have no valid token.${alarms}`);
}

function status(name, text) {
  by("headline").dataset.state = name;
  if (by("status").textContent !== text) by("status").textContent = text; // announced once by screen readers
}

function consumer({ published, at, reads, reads_that_worked: worked }) {
  const left = published ? Math.max(0, published.expires_at - at) : 0;
  by("left-meter").max = published ? published.expires_at - published.issued_at : 300;
  by("left-meter").low = 60;
  by("left-meter").value = left;
  by("headline-left").textContent = left ? `${seconds(left)} left` : "";
  by("left").textContent = published ? (left ? seconds(left) : "expired") : "no parameter";
  by("age").textContent = published ? seconds(at - published.issued_at) : "–";
  by("fingerprint").textContent = published?.fingerprint ?? "–";
  by("version").textContent = published?.version ?? "–";
  by("reads").textContent = `${worked} of ${reads}`;
}

function alarmItem(alarm) {
  const last = alarm.periods.at(-1);
  const when = !last ? "" : inAlarm(alarm) ? `since ${clock(last.begins)}` : `in ALARM until ${clock(last.ends)}`;
  return element("li", {}, [
    element("span", { class: inAlarm(alarm) ? "badge bad" : "badge good" }, [inAlarm(alarm) ? "ALARM" : "OK"]),
    element("span", { class: "name" }, [alarm.name, " ", element("span", { class: "when" }, [when])]),
    ...(inAlarm(alarm) ? [element("p", {}, [alarm.means])] : []),
  ]);
}

function inAlarm(alarm) {
  return alarm.periods.length > 0 && alarm.periods.at(-1).ends === null;
}

/** An error's text is shown once, however often it is repeated without a break. */
function eventItem(rotation, index, newestFirst) {
  const repeated = newestFirst[index - 1]?.error_message === rotation.error_message;
  const badge = { published: "good", failed: "bad" }[rotation.outcome] ?? "";
  const more = rotation.previous_key_used ? ", with the previous key" : "";
  const version = rotation.outcome === "published" ? `, version ${rotation.version}` : "";
  return element("li", {}, [
    element("time", { datetime: new Date(rotation.at * 1000).toISOString() }, [clock(rotation.at)]),
    element("span", { class: badge ? "" : "quiet" }, [
      element("span", { class: `badge ${badge}` }, [rotation.outcome]), ` by ${rotation.trigger}${more}${version}`,
    ]),
    ...(rotation.error
      ? [element("p", { class: "why" }, [element("span", { class: "error" }, [rotation.error]), repeated ? "" : ` ${rotation.error_message}`])]
      : []),
  ]);
}

function panel(state) {
  if (!by("panel").childElementCount) {
    by("panel").append(...state.switches.map(fieldset), buttons(state));
  }
  for (const one of state.switches) {
    const works = one.now === one.positions[0].name;
    by(`switch-${one.name}`).classList.toggle("off", !works);
    by(`${one.name}-${one.now}`).checked = true;
  }
}

function fieldset(one) {
  return element("fieldset", { id: `switch-${one.name}` }, [
    element("legend", {}, [one.label]),
    ...one.positions.map((position) => {
      const id = `${one.name}-${position.name}`;
      const input = element("input", { type: "radio", id, name: one.name, value: position.name }, []);
      input.addEventListener("change", () =>
        act("/turn", { switch: one.name, position: position.name }, `${one.label}: ${position.label}.`));
      return element("label", { for: id }, [input, element("span", {}, [position.label])]);
    }),
  ]);
}

function buttons(state) {
  const all = state.buttons.map((one) => {
    const button = element("button", { type: "button", id: `button-${one.name}` }, [one.label]);
    button.addEventListener("click", () => act("/press", { button: one.name }, `${one.label}: done.`));
    return button;
  });
  return element("fieldset", { class: "buttons" }, [element("legend", {}, ["By hand"]), ...all]);
}

/** Replaces the items only if they changed, so that a selection in them stays. */
function list(parent, items) {
  const fresh = items.map((item) => item.outerHTML).join("");
  if (parent.innerHTML !== fresh) parent.replaceChildren(...items);
}

function element(name, attributes, children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) if (value !== "") made.setAttribute(key, value);
  made.append(...children);
  return made;
}

function seconds(duration) {
  return `${Math.max(0, Math.round(duration))} s`;
}

poll();
