/* Shows what only works with JavaScript ([data-js]), and the copy buttons ([data-copy]) where copying works.
   A copy button's text is in data-copy, or, when that is empty, in the <output> beside it. */
(() => {
  const show = (root) => {
    root.querySelectorAll("[data-js][hidden]").forEach((e) => { e.hidden = false; });
    if (navigator.clipboard) root.querySelectorAll("[data-copy][hidden]").forEach((e) => { e.hidden = false; });
  };
  show(document);
  document.addEventListener("htmx:load", (e) => show(e.target));
  document.addEventListener("click", async (e) => {
    const button = e.target.closest("[data-copy]");
    if (!button) return;
    const text = button.dataset.copy || button.parentElement.querySelector("output").textContent.trim();
    await navigator.clipboard.writeText(text);
    const word = button.firstElementChild;
    button.dataset.word ??= word.textContent;
    button.setAttribute("aria-live", "polite");
    word.textContent = button.dataset.done;
    setTimeout(() => { word.textContent = button.dataset.word; }, 1500);
  });
})();
