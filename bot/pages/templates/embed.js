// Puts a button for the commune's web chat into a page: <script src="…/chat/embed.js" async></script>
// Pages that may frame the chat show it in place; on all others the button opens it in a window.
(() => {
  const allowed = {{ origins | tojson }};
  const address = new URL({{ link("/chat?embed=1") | tojson }}, document.currentScript.src).href;
  const open = {{ _("Write to {commune}", commune=commune.name.say(lang)) | tojson }};
  const plain = {{ link("/chat") | tojson }};
  const shut = {{ _("Close the chat") | tojson }};
  const button = document.createElement("button");
  let frame = null;
  const dress = (element, rules) => Object.assign(element.style, rules);

  dress(button, {
    position: "fixed", right: "16px", bottom: "16px", zIndex: "2147483000", minHeight: "48px",
    padding: "10px 18px", border: "2px solid #fff", borderRadius: "24px", background: "#0a5a43",
    color: "#fff", font: "600 18px/1.3 system-ui, sans-serif", cursor: "pointer",
  });
  button.type = "button";
  const show = (isOpen) => {
    button.textContent = isOpen ? shut : open;
    button.setAttribute("aria-expanded", String(isOpen));
    if (frame) frame.hidden = !isOpen;
  };
  button.addEventListener("click", () => {
    if (!allowed.includes(location.origin)) {
      window.open(new URL(plain, address).href, "_blank", "noopener");
      return;
    }
    const opens = !frame || frame.hidden;
    if (!frame) {
      frame = document.createElement("iframe");
      frame.src = address;
      frame.title = open;
      frame.allow = "geolocation; microphone";
      dress(frame, {
        position: "fixed", right: "16px", bottom: "76px", zIndex: "2147483000", border: "0",
        width: "min(420px, calc(100vw - 32px))", height: "min(680px, calc(100vh - 96px))",
        borderRadius: "16px", boxShadow: "0 8px 40px rgb(0 0 0 / 35%)", background: "#fff",
      });
      document.body.append(frame);
    }
    show(opens);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && frame && !frame.hidden) {
      show(false);
      button.focus();
    }
  });
  show(false);
  // A script that the browser still has may run before there is a body.
  const put = () => document.body.append(button);
  if (document.body) put();
  else document.addEventListener("DOMContentLoaded", put);
})();
