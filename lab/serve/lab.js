"use strict";
const $ = (id) => document.getElementById(id);
let cards = [], result = null, step = 0, last = 0;

function make(tag, text, className) {
  const element = document.createElement(tag);
  if (text !== undefined) element.textContent = text;
  if (className) element.className = className;
  return element;
}

// ---- the form ----

function field(option) {
  const row = make("p"), id = "option-" + option.name;
  const label = make("label", option.name);
  label.htmlFor = id;
  let input;
  if (option.kind === "choice") {
    input = make("select");
    for (const word of option.choices.split(" ")) input.append(new Option(word, word));
  } else {
    input = make("input");
    input.inputMode = option.kind === "number" ? "numeric" : "text";
    input.autocomplete = "off";
  }
  input.id = id;
  input.value = option.default ?? "";
  input.dataset.name = option.name;
  input.dataset.fallback = option.default ?? "";
  input.setAttribute("aria-describedby", id + "-help");
  const help = make("small", option.help + (option.kind === "bytes" ? "; text, or hex:…" : ""));
  help.id = id + "-help";
  row.append(label, " ", input, " ", help);
  return row;
}

function chooseCard() {
  const card = cards.find((one) => one.card === $("card").value);
  $("about").textContent = card.about;
  $("options").replaceChildren(...card.options.map(field));
  $("options").className = "fields";
  $("result").hidden = true;
  $("status").textContent = "";
}

function changedOptions() {
  const options = {};
  for (const input of $("options").querySelectorAll("[data-name]"))
    if (input.value !== input.dataset.fallback) options[input.dataset.name] = input.value;
  return options;
}

async function run(event) {
  event.preventDefault();
  $("run").disabled = true;
  $("status").textContent = "Running …";
  try {
    const response = await fetch("/api/run", {
      method: "POST",
      headers: {"Content-Type": "application/json"},
      body: JSON.stringify({card: $("card").value, seed: Number($("seed").value),
                            repeat: Number($("repeat").value), options: changedOptions()}),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(answer.error);
    show(answer);
  } catch (error) {
    $("result").hidden = true;
    $("status").textContent = "Not run: " + error.message;
  }
  $("run").disabled = false;
}

// ---- the steps ----

function bytes(value) {
  if (value.role === "hidden") return "not known";
  const hex = value.hex ?? "";
  const list = (hex.match(/../g) ?? []).map((byte) => parseInt(byte, 16));
  if (list.length >= 3 && list.every((byte) => byte >= 0x20 && byte <= 0x7e))
    return '"' + String.fromCharCode(...list) + '"';
  return hex.length > 128 ? hex.slice(0, 128) + "… (" + value.length + " bytes)" : hex || "(empty)";
}

function values(list) {
  const dl = make("dl");
  for (const value of list ?? []) {
    const dd = make("dd");
    dd.append(make("code", bytes(value), value.role));
    dl.append(make("dt", value.name), dd);
  }
  return dl;
}

const writers = {
  ask: (e) => [sentence(e.kind + (e.count > 1 ? " of " + e.count : "") + ":", e.why),
               values(e.values)],
  answer: (e) => e.values.length > 0 ? [values(e.values)]
    : [make("p", e.accepted ? "→ accepted" : "→ refused", e.accepted ? "accepted" : "refused")],
  say: (e) => [make("p", e.text)],
  show: (e) => [...(e.pieces.length === 1 ? [] : [make("p", e.name + " =")]), values(e.pieces)],
  equation: (e) => [make("p", e.result.name + " = " + e.terms.map((term) => term.name)
                      .join(" " + e.sign + " ")), values([...e.terms, e.result])],
  figure: (e) => [drawing(e)],
};

function sentence(head, text) {
  const p = make("p");
  p.append(make("b", head), " " + text);
  return p;
}

function drawing(event) {
  const box = make("div", undefined, "scroll");
  box.tabIndex = 0;
  box.setAttribute("role", "group");
  box.setAttribute("aria-label", event.title);
  const svg = new DOMParser().parseFromString(event.svg, "image/svg+xml").documentElement;
  box.append(document.importNode(svg, true));
  return box;
}

// A step is an event; a figure has one more for each of its boxes, which appear in turn.
function stepsOf(trace) {
  const steps = [];
  for (const event of trace) {
    const boxes = event.event === "figure" ? event.cells.flat().filter((cell) => cell).length : 1;
    for (let shown = 1; shown <= boxes; shown++) steps.push({event, shown});
  }
  return steps;
}

function present(side) {
  const one = result.cases[Number($(side + "-case").value)];
  const steps = stepsOf(one.trace ?? []).slice(0, step);
  const shown = new Map();
  for (const {event, shown: boxes} of steps) shown.set(event, boxes);
  const items = [];
  for (const [event, boxes] of shown) {
    const item = make("li", undefined, event.event);
    item.append(...(writers[event.event]?.(event) ?? []));
    item.querySelectorAll("svg > g").forEach((g, i) => g.classList.toggle("later", i >= boxes));
    items.push(item);
  }
  items.at(-1)?.classList.add("now");
  $(side).replaceChildren(...items);
  const over = step >= stepsOf(one.trace ?? []).length;
  $(side + "-end").textContent = !over ? ""
    : one.successes > 0 ? "Forged: " + one.level + ", " + one.successes + " of " + one.repeats
      + " games." : "Not forged in " + one.repeats + " games" + (one.note ? ": " + one.note : ".");
  $(side + "-end").className = one.successes > 0 ? "accepted" : "refused";
}

function presentAll() {
  const traces = ["left", "right"].map((side) =>
    result.cases[Number($(side + "-case").value)].trace ?? []);
  last = Math.max(...traces.map((trace) => stepsOf(trace).length));
  // A wide figure needs the page's width; from the first step on, so that nothing jumps.
  $("pair").classList.toggle("stacked",
    traces.flat().some((event) => event.svg?.startsWith('<svg class="diagram wide"')));
  step = Math.min(Math.max(step, 1), last);
  present("left");
  present("right");
  $("where").textContent = "step " + step + " of " + last;
  $("back").disabled = step <= 1;
  $("next").disabled = $("all").disabled = step >= last;
}

function go(to) {
  step = to;
  presentAll();
  document.querySelector(".now")?.scrollIntoView({block: "nearest"});
}

// ---- the result ----

function fillCases(side, role) {
  const select = $(side + "-case");
  select.replaceChildren();
  result.cases.forEach((one, i) => {
    if (one.role === "curve") return;
    const fixed = Object.entries(one.fixed ?? {}).map((pair) => pair.join("=")).join(" ");
    select.append(new Option(one.role + ": " + one.construction + " " + fixed, i));
  });
  const first = result.cases.findIndex((one) => one.role === role);
  select.value = first < 0 ? select.options[0].value : first;
}

function fillRates() {
  $("rates").replaceChildren(...result.cases.map((one) => {
    const row = make("tr"), name = make("th", one.construction);
    name.scope = "row";
    row.append(make("td", one.role), name, make("td", one.verdict, "verdict " + one.verdict));
    if (one.interval)
      row.append(make("td", one.successes + " of " + one.repeats),
                 make("td", one.interval.map((end) => end.toFixed(4)).join(" – ")),
                 make("td", one.predicted.toFixed(4)));
    else row.append(make("td", one.error), make("td"), make("td"));
    return row;
  }));
}

function show(answer) {
  result = answer;
  fillCases("left", "target");
  fillCases("right", "control");
  fillRates();
  $("result").hidden = false;
  $("status").textContent = answer.ok ? "Every target broke, every control held."
    : "With these settings not all is as it must be; the table says what.";
  go(1);
  $("result-title").focus();
}

async function start() {
  $("card").addEventListener("change", chooseCard);
  $("form").addEventListener("submit", run);
  $("back").addEventListener("click", () => go(step - 1));
  $("next").addEventListener("click", () => go(step + 1));
  $("all").addEventListener("click", () => go(last));
  for (const side of ["left", "right"]) $(side + "-case").addEventListener("change", presentAll);
  cards = await (await fetch("/api/cards")).json();
  for (const card of cards)
    $("card").append(new Option(card.number + ". " + card.title, card.card));
  const wanted = location.hash.slice(1);
  if (cards.some((card) => card.card === wanted)) $("card").value = wanted;
  chooseCard();
}

start();
