// The code goes to the clipboard on the way into an app that does not take it from a link.

for (const way of document.querySelectorAll("[data-copy]")) {
  way.addEventListener("click", () => {
    // Where copying is not allowed the code still stands beside the button.
    navigator.clipboard?.writeText(way.dataset.copy).catch(() => {});
  });
}
