/* Photos are made smaller on the device before they are sent (at most 2,000 px; JPEG where the field takes it, else
   as they are), and the way is shown.
   Markup: an element with data-upload around <input type="file"> and, optionally, <progress hidden> and [data-said]
   with data-smaller="made smaller on your device from {from} to {to}" and data-sending="{percent} percent sent". */
(() => {
  const EDGE = 2000, waiting = new Map(); // input → promise of its smaller files
  const size = (n) => (n < 1e6 ? Math.max(1, Math.round(n / 1e3)) + " KB" : (n / 1e6).toFixed(1) + " MB");
  const box = (e) => e.closest("[data-upload]");
  const say = (area, name, facts) => {
    const said = area?.querySelector("[data-said]");
    if (said?.dataset[name]) said.textContent = said.dataset[name].replace(/\{(\w+)\}/g, (_, k) => facts[k]);
  };
  const asJpeg = (input) => /^$|jpe?g|image\/\*/.test(input.accept);
  async function smaller(file, type) {
    if (!/^image\/(jpeg|png|webp)$/.test(file.type)) return file;
    try {
      const picture = await createImageBitmap(file);
      const scale = EDGE / Math.max(picture.width, picture.height);
      if (scale >= 1) return file;
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const blob = await new Promise((done) => canvas.toBlob(done, type, 0.85));
      if (!blob || blob.size >= file.size) return file;
      const name = type === file.type ? file.name : file.name.replace(/\.\w+$/, "") + ".jpg";
      return new File([blob], name, { type, lastModified: file.lastModified });
    } catch (unreadable) {
      return file; // the server says what is wrong with it
    }
  }
  async function reduce(input) {
    const files = [...input.files], made = await Promise.all(files.map((f) => smaller(f, asJpeg(input) ? "image/jpeg" : f.type)));
    const sum = (list) => list.reduce((n, f) => n + f.size, 0);
    if (made.some((f, i) => f !== files[i])) {
      const bag = new DataTransfer();
      made.forEach((f) => bag.items.add(f));
      input.files = bag.files;
      say(box(input), "smaller", { from: size(sum(files)), to: size(sum(made)) });
    }
    waiting.delete(input);
  }
  document.addEventListener("change", (e) => {
    const input = e.target;
    if (e.again || input.type !== "file" || !box(input) || ![...input.files].some((f) => f.type.startsWith("image/"))) return;
    e.stopImmediatePropagation(); // whoever sends on change waits for the smaller files
    waiting.set(input, reduce(input).then(() => {
      const again = new Event("change", { bubbles: true });
      again.again = true;
      input.dispatchEvent(again);
    }));
  }, true);
  document.addEventListener("submit", (e) => {
    const mine = [...waiting].filter(([input]) => e.target.contains(input)).map(([, promise]) => promise);
    if (!mine.length) return;
    e.preventDefault();
    e.stopImmediatePropagation();
    Promise.all(mine).then(() => e.target.requestSubmit(e.submitter));
  }, true);
  document.addEventListener("htmx:xhr:progress", (e) => {
    const area = e.target.querySelector?.("[data-upload]") || box(e.target), bar = area?.querySelector("progress");
    if (!area || !e.detail.lengthComputable) return;
    const percent = Math.round((e.detail.loaded / e.detail.total) * 100);
    if (bar) { bar.hidden = false; bar.max = 100; bar.value = percent; }
    say(area, "sending", { percent });
  });
  for (const [type, on] of [["dragover", true], ["dragleave", false], ["drop", false]]) {
    document.addEventListener(type, (e) => {
      const area = e.target.closest?.(".drop[data-upload]"), input = area?.querySelector("input[type=file]");
      if (!input) return;
      e.preventDefault();
      area.classList.toggle("here", on);
      if (type === "drop" && e.dataTransfer.files.length) {
        input.files = e.dataTransfer.files;
        input.dispatchEvent(new Event("change", { bubbles: true }));
      }
    });
  }
})();
