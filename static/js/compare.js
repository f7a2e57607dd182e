/* Compares a chosen PDF with the one that was issued, on this device: <div data-hash="sha-256 in hex" hidden data-js>
   with an <input type="file"> and <p data-said data-same="…" data-other="…" data-failed="…" role="status">. */
document.addEventListener("change", async (e) => {
  const area = e.target.closest?.("[data-hash]"), said = area?.querySelector("[data-said]");
  if (!said || !e.target.files?.length) return;
  let word = "failed";
  try {
    const digest = await crypto.subtle.digest("SHA-256", await e.target.files[0].arrayBuffer());
    const hex = [...new Uint8Array(digest)].map((b) => b.toString(16).padStart(2, "0")).join("");
    word = hex === area.dataset.hash.toLowerCase() ? "same" : "other";
  } catch (unreadable) { /* no Web Crypto, or the file went away: say that it could not be compared */ }
  said.className = "same " + { same: "ok", other: "bad", failed: "" }[word];
  said.textContent = said.dataset[word];
});
