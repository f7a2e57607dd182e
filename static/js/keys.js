/* Single-key shortcuts of the queue and the case (ux.md §6). They are off inside fields and can be switched off for good.
   [data-key="n"]        is clicked on N; a field is focused instead. "g q" means G, then Q.
   [data-row]            what J and K walk through; the current one has the class "here". In it:
   [data-open]           what Enter opens; X ticks its tick box; 1 2 3 choose its radios; Q goes to its text field.
   [data-keys-switch]    tick boxes that turn the keys on and off; dialog#keys opens on "?" or [data-keys-help]. */
(() => {
  const store = { get off() { return localStorage.getItem("keys") === "off"; }, set off(v) { localStorage.setItem("keys", v ? "off" : "on"); } };
  const all = (what, root = document) => [...root.querySelectorAll(what)];
  const switches = () => all("[data-keys-switch]").forEach((s) => { s.checked = !store.off; });
  let hereId = "", before = "";
  const rows = () => all("[data-row]").filter((r) => r.offsetParent !== null);
  const here = () => document.querySelector("[data-row].here") || (hereId ? document.getElementById(hereId) : null);
  const go = (row) => {
    all("[data-row].here").forEach((r) => r.classList.remove("here"));
    row.classList.add("here");
    hereId = row.id;
    const open = row.querySelector("[data-open]");
    if (!open) row.tabIndex = -1;
    (open || row).focus({ preventScroll: true });
    row.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const list = rows(), at = list.indexOf(here());
    const next = at < 0 ? list[by > 0 ? 0 : list.length - 1] : list[at + by];
    if (next) go(next);
  };
  const help = () => document.getElementById("keys")?.showModal();
  const press = (target) => {
    if (target.matches("input:not([type=checkbox],[type=radio]),textarea,select")) target.focus();
    else target.click();
  };
  const row = {
    j: () => step(1), k: () => step(-1), "?": help,
    enter: () => here()?.querySelector("[data-open]")?.click(),
    x: () => here()?.querySelector("input[type=checkbox]")?.click(),
    q: () => here()?.querySelector("textarea")?.focus(),
    1: () => choose(0), 2: () => choose(1), 3: () => choose(2),
  };
  const choose = (n) => { const r = here(); if (r) all("input[type=radio]", r)[n]?.click(); };
  document.addEventListener("keydown", (e) => {
    if (store.off || e.ctrlKey || e.metaKey || e.altKey || document.querySelector("dialog[open]")) return;
    const inside = e.target.closest?.("input,textarea,select,[contenteditable]");
    if (inside && !/^(checkbox|radio)$/.test(inside.type)) { if (e.key === "Escape") inside.blur(); return; }
    const key = e.key.toLowerCase();
    if (key === "enter" && e.target.closest("a,button,summary,input")) return;
    const found = document.querySelector(`[data-key="${CSS.escape(before ? before + " " + key : key)}"]`);
    before = !before && key === "g" ? "g" : "";
    if (found) {
      // A takes the current row unless others are ticked
      const box = key === "a" && here()?.querySelector("input[type=checkbox]");
      if (box && !all("[data-row] input[type=checkbox]:checked").length) box.click();
      e.preventDefault();
      press(found);
    } else if (row[key] && (key === "?" || document.querySelector("[data-row]"))) {
      e.preventDefault();
      row[key]();
    }
  });
  document.addEventListener("change", (e) => { if (e.target.matches("[data-keys-switch]")) { store.off = !e.target.checked; switches(); } });
  document.addEventListener("click", (e) => {
    if (e.target.closest("[data-keys-help]")) help();
    const r = e.target.closest("[data-row]");
    if (r && !e.target.closest("a,button")) { all("[data-row].here").forEach((o) => o.classList.remove("here")); r.classList.add("here"); hereId = r.id; }
  });
  // of many documents the tab of the one shown is in sight
  document.addEventListener("htmx:load", () => document.querySelector(".tabs [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" }));
  document.addEventListener("htmx:load", () => { const r = here(); if (r) r.classList.add("here"); switches(); });
  switches();
})();
