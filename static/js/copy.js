/* Shows what only works with JavaScript ([data-js]), and the copy buttons ([data-copy]) where copying works.
   A copy button's text is in data-copy, or, when that is empty, in the <output> beside it.
   In a [data-copy-run] one button after the other has the key C; [data-copied] there counts how far it went. */
(() => {
  const show = (root) => {
    root.querySelectorAll("[data-js][hidden]").forEach((e) => { e.hidden = false; });
    if (navigator.clipboard) root.querySelectorAll("[data-copy][hidden]").forEach((e) => { e.hidden = false; });
  };
  const next = (run, after) => {
    const all = [...run.querySelectorAll("[data-copy]")], at = all.indexOf(after) + 1;
    all.forEach((e, i) => { if (i === at) e.dataset.key = "c"; else delete e.dataset.key; });
    if (after) after.dataset.copiedOnce = "";
    const count = run.querySelector("[data-copied]");
    if (count) count.textContent = run.querySelectorAll("[data-copied-once]").length;
  };
  show(document);
  document.querySelectorAll("[data-copy-run]").forEach((run, i) => { if (!i) next(run); });
  document.addEventListener("htmx:load", (e) => show(e.target));
  document.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-copy]");
    if (!button) return;
    const text = button.dataset.copy || button.parentElement.querySelector("output").textContent.trim();
    await navigator.clipboard.writeText(text);
    const run = button.closest("[data-copy-run]");
    if (run) next(run, button);
    const word = button.firstElementChild;
    button.dataset.word ??= word.textContent;
    button.setAttribute("aria-live", "polite");
    word.textContent = button.dataset.done;
    setTimeout(() => { word.textContent = button.dataset.word; }, 1500);
  });
})();
