"use strict";
const message = document.getElementById("message");
const $ = (name) => document.getElementById(name);
let busy = false;
const kinds = {};
let chosen = "";  // the field of the last digit
let doubted = "";  // what was typed and the document does not print
function say(text, done) {
  message.textContent = text || "";
  message.classList.toggle("done", Boolean(done));
}
async function post(path, asked) {
  if (busy) return null;
  busy = true;
  try {
    const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) });
    const told = await answer.json();
    if (answer.ok) return told;
    say(told.error);
    // asked once more, the same is written
    doubted = told.again ? JSON.stringify([asked.item, asked.new]) : "";
    const wrong = told.field && document.querySelector(`#edit input[name="${told.field}"]`);
    if (wrong) { chosen = wrong.dataset.digit || ""; wrong.blur(); }  // so that n or e may follow
  } catch (error) { say(document.body.dataset.notSaved + ": " + error); } finally { busy = false; }
  return null;
}
async function decide(what, fields, others) {
  const item = $("item");
  if (!item || (what !== "undo" && !item.dataset.item)) return;
  const pressed = performance.now();
  const { item: name, hash, seen, finding, queue } = item.dataset;
  const sure = Boolean(doubted) && doubted === JSON.stringify([name, fields]);
  const told = await post("/decide", { what, item: name, hash, seen: seen || null, finding, queue, new: fields, others, sure, reason: reason() });
  // what was undone comes back to the front; else the next one
  if (told) {
    say("");
    await show(what === "undo" || told.item.startsWith("added:") ? told.item : "");
    document.body.dataset.took = Math.round(performance.now() - pressed);
    document.body.dataset.presses = Number(document.body.dataset.presses || 0) + 1;
  }
}
async function show(wanted, place) {
  const whole = wanted?.startsWith("added:");  // the marks of the text change with what is added
  const query = new URLSearchParams(place || {});
  if (!whole) query.set("part", "main");
  if (wanted) query.set("item", wanted);
  try {
    const answer = await fetch(location.pathname + "?" + query);
    const parsed = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = parsed.querySelector("main");
    if (!answer.ok || !fresh) { say(parsed.getElementById("message")?.textContent || answer.statusText); return; }
    document.querySelector("main").replaceWith(fresh);
    if (whole) $("text").replaceWith(parsed.getElementById("text"));
    if (location.search || location.hash) history.replaceState(null, "", location.pathname);
    arrange();
  } catch (error) { say(String(error)); }
}
// why a contradiction is decided as it is: the site shows it beside the decision
function reason() { return document.querySelector("#why input")?.value.trim() || ""; }
function changed(form) {
  return [...form.querySelectorAll("input")].some((input) => input.value !== input.defaultValue);
}
function typed(form) { return Object.fromEntries(new FormData(form)); }
function save(form) {
  const same = form.dataset.what === "edit" && !form.dataset.held && !changed(form);
  if (same) decide("accept"); else decide(form.dataset.what, typed(form));
}
function open(form) {
  if (!form) return;
  form.hidden = false;
  form.querySelector("input:not([readonly]), select, button").focus();
}
function focus(input) {
  input.focus();
  input.select();
}
function next(digit) {
  const input = document.querySelector(`#edit:not([data-what=read]) input[data-digit="${digit}"]`);
  if (!input) return false;
  chosen = digit;
  const others = JSON.parse(input.dataset.others || "[]");
  for (const cell of document.querySelectorAll(".chosen")) cell.classList.remove("chosen");
  input.parentNode.classList.add("chosen");
  const all = [input.defaultValue, ...others];
  const at = (all.indexOf(input.value) + 1) % all.length;
  input.value = all[at];
  input.parentNode.querySelector("small").textContent = all[(at + 1) % all.length] || "∅";
  input.classList.toggle("changed", input.value !== input.defaultValue);
  count();
  return true;
}
function visible() {
  const bottom = Math.min(innerHeight, document.querySelector("main").getBoundingClientRect().bottom);
  const top = $("keys").getBoundingClientRect().bottom;
  return [...document.querySelectorAll("#alike li")].filter((row) => {
    const box = row.getBoundingClientRect();
    return box.bottom <= bottom && box.top >= top;
  });
}
function bulk() {
  const form = $("edit"), others = visible().map((row) => ({ ...row.dataset, seen: null }));
  if (changed(form)) decide("edit", typed(form), others); else decide("accept", undefined, others);
}
function count() {
  const words = document.querySelector("#alike [data-words]");
  if (!words) return;
  const rows = visible().length;
  words.textContent = (changed($("edit")) ? words.dataset.edit : words.dataset.words).replace("#", rows);
  words.closest("button").disabled = !rows;
}
function propose() {
  const form = $("new");
  if (!form) return;
  const wrong = ["entity", "segment", "indicator"].find((name) => {
    const input = document.querySelector(`#edit input[name="${name}"]`);
    return input && input.value && ![...$("l-" + name).options].some((option) => option.value === input.value);
  });
  if (wrong) form.querySelector("select").value = wrong;
  register();
  const field = form.querySelector("select").value;
  const first = form.querySelector(`fieldset[data-registry="${field}"] input`);
  first.value = document.querySelector(`#edit input[name="${field}"]`)?.value || "";
  // the kind of the last row of this registry is offered again
  const kind = form.querySelector(`fieldset[data-registry="${field}"] input[name=kind]`);
  if (kind) kind.value = kinds[field] || "";
  form.hidden = false;
  focus(wrong ? form.querySelectorAll(`fieldset[data-registry="${field}"] input`)[1] : first);
}
function register() {
  const chosen = $("new").querySelector("select").value;
  for (const set of $("new").querySelectorAll("fieldset")) {
    set.hidden = set.dataset.registry !== chosen;
    set.disabled = set.hidden;
  }
}
async function add(form) {
  const chosen = form.querySelector("select").selectedOptions[0];
  const row = Object.fromEntries([...form.querySelectorAll("fieldset:not([hidden]) input")].map((input) => [input.name, input.value]));
  const told = await post("/register", { field: chosen.value, row, seen: chosen.dataset.seen });
  if (!told) return;
  kinds[chosen.value] = row.kind;
  chosen.dataset.seen = told.seen;
  say(told.said, true);
  const code = Object.values(row)[0];
  $("l-" + chosen.value).append(new Option("", code));
  const input = document.querySelector(`#edit input[name="${chosen.value}"]`);
  if (input) { input.value = code; focus(input); }
  form.hidden = true;
}
async function promote() {
  const told = await post("/promote", { document: document.querySelector("main").dataset.document });
  if (told) say(told.said, true);
}
async function row(form) {
  const told = await post("/row", { figure: form.dataset.figure, row: typed(form), seen: form.dataset.seen });
  if (told) { form.dataset.seen = told.seen; say(told.said, true); }
}
async function ours(figure) {
  await decide("our_error");
  if (!message.textContent) location.assign("/row?figure=" + encodeURIComponent(figure));
}
const opens = { different: "field", their_error: "correction", our_error: "ours" };
// a figure that was missed: the words that are selected in the text, and their line
let picked = {};
document.addEventListener("selectionchange", () => {
  const selected = getSelection(), text = $("text");
  if (!text || !selected.rangeCount || selected.isCollapsed || !text.contains(selected.anchorNode)) return;
  const range = selected.getRangeAt(0), begins = range.startContainer;
  const line = (begins.nodeType === 1 ? begins : begins.parentNode).closest("[data-line]");
  if (!line) return;
  const words = range.cloneContents();
  for (const number of words.querySelectorAll("b, h2, figure")) number.remove();
  picked = { line: line.dataset.line, page: line.dataset.page, printed: words.textContent.trim() };
});
async function missed(place) {
  picked = {};
  await show("", { add: 1, ...place });
  if (!$("edit")) [...document.querySelectorAll("#place input")].find((input) => !input.value)?.focus();
}
function press(button) {
  const { what, field, ours: figure } = button.dataset;
  if (field) decide("different", { field });
  else if (figure) ours(figure);
  else if (what === "edit") edit();
  else if (what === "new") propose();
  else if (what === "missed") missed(picked);
  else if (what === "leave") show("");
  else if (what === "add") save($("edit"));
  else if (what === "promote") promote();
  else if (what === "bulk") bulk();
  else if (opens[what] && $(opens[what])) open($(opens[what]));
  else if (what === "accept" && $("edit")?.dataset.what === "edit") save($("edit"));
  else decide(what);
}
function edit() {
  const inputs = [...document.querySelectorAll("#edit input")];
  if (inputs.length) focus(inputs.find((input) => input.dataset.digit === chosen) || inputs[0]);
}
document.addEventListener("submit", (e) => {
  e.preventDefault();
  const form = e.target;
  if (form.id === "edit") save(form);
  else if (form.id === "new") add(form);
  else if (form.id === "place") { document.activeElement.blur(); missed(typed(form)); }
  else if (form.id === "row") row(form);
  else if (form.id === "correction") decide("their_error", typed(form));
});
document.addEventListener("change", (e) => { if (e.target.name === "registry") register(); });
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") {
    say("");
    if (e.target.matches("#edit input")) e.target.value = e.target.defaultValue;  // what was half typed is not kept
    document.activeElement?.blur();
    for (const name of ["field", "correction", "ours", "new"]) if ($(name)) $(name).hidden = true;
    return;
  }
  if (e.target.matches("input, select") && e.key === "Enter" && !e.isComposing) {
    e.preventDefault();
    if (e.target.form) e.target.form.requestSubmit(); else e.target.blur();  // after the reason a key decides
    return;
  }
  if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || e.repeat || e.target.matches("input, textarea, select")) return;
  const button = [...document.querySelectorAll("button[data-key]")].find((b) => b.dataset.key === e.key && !b.closest("[hidden]") && !b.disabled);
  const why = document.querySelector("#why input");
  if (why && e.key === "w") { e.preventDefault(); why.focus(); return; }
  if (button) { e.preventDefault(); press(button); } else if (/^[0-9]$/.test(e.key) && next(e.key)) e.preventDefault();
});
document.addEventListener("click", (e) => {
  const button = e.target.closest("button[data-key]"), mark = e.target.closest("#text mark[data-keys]");
  if (button) press(button);
  else if (mark && getSelection().isCollapsed) look(mark);
});
document.addEventListener("scroll", count, true);
document.addEventListener("input", count);
addEventListener("resize", count);
// the current figure is large in the text, and boxed on the page where the page prints exactly it
function arrange() {
  chosen = "";
  count();
  for (const old of document.querySelectorAll("#text .current")) old.classList.remove("current");
  const key = $("item")?.dataset.figure;
  if (!key) return;
  const marks = [...document.querySelectorAll("#text mark")].filter((mark) => mark.dataset.keys.split(" ").includes(key));
  for (const mark of marks) { mark.classList.add("current"); mark.parentNode.classList.add("current"); }
  const picture = $("page");
  if (marks[0]) {  // the text scrolls, not the page: on a phone the keys stay where they are
    const text = $("text"), top = marks[0].getBoundingClientRect().top - text.getBoundingClientRect().top;
    text.scrollTop += top - text.clientHeight * ($("item").dataset.page ? 0.85 : 0.5);
  }
  if (picture) draw(picture, $("item").dataset.page, key);
}
// a mark of the text leads to its figure, decided or not
function look(mark) {
  const name = document.querySelector("main").dataset.document, [key] = mark.dataset.keys.split(" ");
  if (!$("item")?.dataset.queue.startsWith("figure:") || $("item").dataset.item?.startsWith("frame:")) return;
  // by this name a figure that is to be read blind first stays blind
  show(`${/-d[0-9]+/.test(key) ? "added" : "blind"}:${name}#${key.replace(/(-d[0-9]+)\..*/, "$1")}`);
}
const boxes = {};
async function draw(picture, number, key) {
  picture.hidden = !number;
  if (!number) return;
  const name = encodeURIComponent(document.querySelector("main").dataset.document);
  const image = picture.querySelector("img"), told = picture.querySelector("p");
  if (image.dataset.number !== number) { image.dataset.number = number; image.src = `/page/${name}/${number}`; }
  picture.querySelector("span").textContent = number;
  try {
    const answer = boxes[number] ? null : await fetch(`/page/${name}/${number}?boxes`);
    if (answer && !answer.ok) { told.textContent = told.dataset.noImage; return; }
    boxes[number] ??= await answer.json();
  } catch { told.textContent = told.dataset.noImage; return; }
  if ($("item")?.dataset.figure !== key) return;
  for (const old of picture.querySelectorAll("i")) old.remove();
  const found = boxes[number][key] || [];
  told.textContent = found.length ? "" : told.dataset.noBox;
  for (const [left, top, width, height] of found) {
    const box = document.createElement("i");
    Object.assign(box.style, { left: `${100 * left}%`, top: `${100 * top}%`, width: `${100 * width}%`, height: `${100 * height}%` });
    image.after(box);
  }
  const frame = picture.querySelector("div"), box = picture.querySelector("i");
  await image.decode().catch(() => {});
  if (box) frame.scrollTop = box.offsetTop - frame.clientHeight / 2;
}
document.querySelector("#row input:not([readonly])")?.focus();
arrange();
