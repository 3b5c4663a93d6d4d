"use strict";
const item = document.getElementById("item"), form = document.getElementById("edit");
const keys = { a: "accept", r: "reject", e: "edit", u: "unsure", z: "undo" };
let busy = false;
async function decide(what, fields) {
  if (busy || (!item && what !== "undo")) return;
  busy = true;
  const asked = { what, item: item?.dataset.item, hash: item?.dataset.hash, seen: item?.dataset.seen || null };
  if (fields) asked.new = Object.fromEntries(new FormData(form));
  try {
    const answer = await fetch("/decide", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked) });
    if (answer.ok) return location.reload();
    document.getElementById("message").textContent = (await answer.json()).error;
  } catch (error) { document.getElementById("message").textContent = "not saved: " + error; }
  busy = false;
}
function press(what) { if (what === "edit") form?.querySelector("input").focus(); else decide(what); }
form?.addEventListener("submit", (e) => { e.preventDefault(); decide("edit", true); });
form?.addEventListener("keydown", (e) => {
  if (e.key === "Enter") { e.preventDefault(); decide("edit", true); }
  if (e.key === "Escape") e.target.blur();
});
document.addEventListener("keydown", (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.shiftKey || e.repeat || e.target.matches("input, textarea, select")) return;
  if (keys[e.key]) { e.preventDefault(); press(keys[e.key]); }
});
document.querySelectorAll("button").forEach((b) => b.addEventListener("click", () => press(b.dataset.what)));
document.querySelector(".current")?.scrollIntoView({ block: "center" });
