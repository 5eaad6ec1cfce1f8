// The practice page: three chats, of which a narrow screen shows one.

import { Chat } from "./chat.js";

const phones = [...document.querySelectorAll(".phone")];
const tabs = [...document.querySelectorAll("[data-tab]")];

function count(tab, number) {
  const unread = tab.querySelector(".unread");
  unread.textContent = number || "";
  unread.hidden = !number;
}

phones.forEach((phone, place) => {
  const chat = new Chat(phone.querySelector("[data-chat]"), (letter, isNew) => {
    if (isNew && phone.offsetParent === null) count(tabs[place], Number(tabs[place].querySelector(".unread").textContent) + 1);
  });
  for (const button of phone.querySelectorAll("[data-try]")) {
    button.addEventListener("click", () => chat.sendWords(button.dataset.try));
  }
});

tabs.forEach((tab, place) => {
  tab.addEventListener("click", () => {
    tabs.forEach((other) => other.setAttribute("aria-pressed", String(other === tab)));
    phones.forEach((phone, number) => phone.classList.toggle("chosen", number === place));
    count(tab, 0);
    const log = phones[place].querySelector(".log");
    log.scrollTop = log.scrollHeight;
  });
});
