// The conversation goes on, on a phone: a code of squares that works once, for a few minutes.

function drawn({ size, path }, { namespaceURI }) {
  const code = document.createElementNS(namespaceURI, "svg");
  code.setAttribute("viewBox", `0 0 ${size} ${size}`);
  const squares = document.createElementNS(namespaceURI, "path");
  squares.setAttribute("d", path);
  code.append(squares);
  return code;
}

export function listenForCarrying(root) {
  const button = root.querySelector(".carry");
  const dialog = root.querySelector(".carrying");
  if (!button || !dialog?.showModal) return;
  button.hidden = false;
  const place = dialog.querySelector(".squares");
  const failed = dialog.querySelector(".failed");
  const show = (isShown) => {
    failed.hidden = isShown;
    dialog.querySelector(".steps").hidden = !isShown;
    place.hidden = !isShown;
  };
  button.addEventListener("click", async () => {
    try {
      const answer = await fetch(root.dataset.carry, { method: "POST" });
      if (!answer.ok) throw new Error(String(answer.status));
      place.replaceChildren(drawn(await answer.json(), button.querySelector("svg")));
      show(true);
    } catch {
      show(false);
    }
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    place.replaceChildren();
    button.focus();
  });
}
