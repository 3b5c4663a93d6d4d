"use strict";
const item = document.getElementById("item");
const forms = Object.fromEntries(["edit", "field", "correction"].map((id) => [id, document.getElementById(id)]));
const message = document.getElementById("message");
let busy = false;
async function decide(what, fields) {
  if (busy || !item || (what !== "undo" && !item.dataset.item)) return;
  busy = true;
  const { item: name, hash, seen, finding, queue } = item.dataset;
  const asked = { what, item: name, hash, seen: seen || null, finding, queue, new: fields };
  try {
    const answer = await fetch("/decide", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) });
    const told = await answer.json();
    if (answer.ok) {
      // what was undone comes back to the front; else the next one
      const next = what === "undo" && !queue.startsWith("figure") ? "?item=" + encodeURIComponent(told.item) : "";
      if (next === location.search) location.reload(); else location.assign(location.pathname + next);
      return;
    }
    message.textContent = told.error;
  } catch (error) { message.textContent = "not saved: " + error; }
  busy = false;
}
function open(form) {
  if (!form) return;
  form.hidden = false;
  form.querySelector("input, select, button").focus();
}
const opens = { edit: "edit", different: "field", their_error: "correction" };
function press(button) {
  if (button.dataset.field) decide("different", { field: button.dataset.field });
  else if (opens[button.dataset.what]) open(forms[opens[button.dataset.what]]);
  else decide(button.dataset.what);
}
for (const [id, what] of [["edit", "edit"], ["correction", "their_error"]]) {
  forms[id]?.addEventListener("submit", (e) => { e.preventDefault(); decide(what, Object.fromEntries(new FormData(forms[id]))); });
  forms[id]?.addEventListener("keydown", (e) => {
    if (e.key === "Enter") { e.preventDefault(); forms[id].requestSubmit(); }
  });
}
document.addEventListener("keydown", (e) => {
  if (e.key === "Escape") { document.activeElement?.blur(); for (const id of ["field", "correction"]) if (forms[id]) forms[id].hidden = true; return; }
  if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || e.repeat || e.target.matches("input, textarea, select")) return;
  const button = [...document.querySelectorAll("button[data-key]")].find((b) => b.dataset.key === e.key && !b.closest("[hidden]"));
  if (button) { e.preventDefault(); press(button); }
});
document.querySelectorAll("button[data-key]").forEach((b) => b.addEventListener("click", () => press(b)));
document.querySelector("#text .current")?.scrollIntoView({ block: "center" });
