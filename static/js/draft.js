/* What is typed is kept in this browser until the server has it (ux.md §11).
   <form data-draft="2026-0431/products" data-version="7"> with, inside, <p hidden data-draft-note>…<button type="button"
   data-draft-restore>…</p>. The version is the one the server keeps: a page with a newer one means the server has it all.
   Signing out (form[data-sign-out]) forgets every draft. Passwords, files and hidden fields are never kept. */
(() => {
  const NAME = "draft:";
  const fields = (form) => [...form.elements].filter((f) => f.name && !/^(password|file|hidden|submit|button)$/.test(f.type) && f.type !== "fieldset");
  const state = (f) => (/^(checkbox|radio)$/.test(f.type) ? f.checked : f.value);
  const nth = (form, f) => fields(form).filter((o) => o.name === f.name).indexOf(f);
  const read = (form) => Object.fromEntries(fields(form).map((f) => [f.name + "#" + nth(form, f), state(f)]));
  const keep = (key, value) => { try { localStorage.setItem(key, value); } catch (full) { /* the server keeps the draft anyway */ } };
  const start = (form) => {
    const key = NAME + form.dataset.draft, shown = JSON.stringify(read(form));
    const kept = JSON.parse(localStorage.getItem(key) || "null");
    if (kept && kept.version !== form.dataset.version) localStorage.removeItem(key);
    else if (kept && JSON.stringify(kept.values) !== shown) {
      const note = form.querySelector("[data-draft-note]");
      if (note) note.hidden = false;
      form.querySelector("[data-draft-restore]")?.addEventListener("click", () => {
        for (const f of fields(form)) {
          const value = kept.values[f.name + "#" + nth(form, f)];
          if (value === undefined) continue;
          if (typeof value === "boolean") f.checked = value; else f.value = value;
          f.dispatchEvent(new Event("input", { bubbles: true }));
        }
        note.hidden = true;
      });
    }
    let timer;
    form.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(() => keep(key, JSON.stringify({ version: form.dataset.version, values: read(form) })), 500);
    });
  };
  document.querySelectorAll("form[data-draft]").forEach(start);
  document.addEventListener("submit", (e) => {
    if (e.target.matches("[data-sign-out]")) Object.keys(localStorage).filter((k) => k.startsWith(NAME)).forEach((k) => localStorage.removeItem(k));
  });
})();
