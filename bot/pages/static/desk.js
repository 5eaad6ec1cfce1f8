// The desk works without this; it adds keys, keeps half-written words, and tells of news.

const EVERY = 20_000;

const news = document.querySelector("[data-news]");

async function look() {
  if (document.hidden) return;
  try {
    const answer = await fetch(news.dataset.news, { headers: { Accept: "application/json" } });
    const { mark } = answer.ok ? await answer.json() : {};
    if (mark && mark !== news.dataset.mark) news.querySelector("a").hidden = false;
  } catch {
    // Without a network there is no news; the next look may find some.
  }
}

news.querySelector("a").href = location.pathname + location.search.replace(/&did=[^&]*/, "");
setInterval(look, EVERY);
document.addEventListener("visibilitychange", look);

// What was told once is not told again when the page is shown anew.
if (location.search.includes("did=")) {
  history.replaceState(null, "", location.pathname + location.search.replace(/&did=[^&]*/, ""));
}

// Half-written words survive a look at another ticket, in this tab only.
for (const box of document.querySelectorAll("[data-draft]")) {
  const name = `desk:${box.dataset.draft}`;
  if (document.querySelector(".told")) sessionStorage.removeItem(name);
  box.value ||= sessionStorage.getItem(name) ?? "";
  box.addEventListener("input", () => sessionStorage.setItem(name, box.value));
}

for (const canned of document.querySelectorAll("[data-canned]")) {
  canned.addEventListener("change", () => {
    const box = document.querySelector("#words");
    if (canned.value) box.value = canned.value;
    box.focus();
  });
}

const wanted = document.querySelector("[data-keys]");
wanted.checked = localStorage.getItem("desk:keys") !== "off";
wanted.addEventListener("change", () => localStorage.setItem("desk:keys", wanted.checked ? "on" : "off"));

function step(by) {
  const all = [...document.querySelectorAll(".ticket")];
  if (!all.length) return;
  const focused = all.indexOf(document.activeElement);
  const from = focused >= 0 ? focused : all.findIndex((one) => one.hasAttribute("aria-current"));
  all[Math.max(0, Math.min(all.length - 1, from + by))].focus();
}

document.addEventListener("keydown", (event) => {
  const isWriting = event.target.closest("input, textarea, select");
  if (!wanted.checked || isWriting || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  if (key === "j") step(1);
  else if (key === "k") step(-1);
  else {
    const opens = document.querySelector(`[data-opens="${CSS.escape(key)}"]`);
    const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (opens) {
      opens.open = true;
      opens.querySelector("select, textarea").focus();
    } else if (found?.matches("textarea")) found.focus();
    else if (found) found.click();
    else return;
  }
  event.preventDefault();
});
