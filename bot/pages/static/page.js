// The page with one chat.

import { Chat } from "./chat.js";
import { News } from "./news.js";
import { listenForCarrying } from "./carrying.js";
import { whose } from "./journal.js";

const WORKER = "/chat/worker.js";

for (const root of document.querySelectorAll("[data-chat]")) {
  root.dataset.memory = whose(root.dataset.memory);
  const news = new News(root, JSON.parse(root.dataset.texts));
  new Chat(root, (letter, isNew) => {
    news.seen(letter);
    if (isNew) news.tell();
  });
  listenForCarrying(root);
}

// A page in another site's frame is not installed, nor opened without a network.
if ("serviceWorker" in navigator && window.top === window) {
  const address = (wanted) => (wanted === WORKER ? wanted : "");
  const policy = window.trustedTypes?.createPolicy("worker", { createScriptURL: address });
  navigator.serviceWorker
    .register(policy ? policy.createScriptURL(WORKER) : WORKER, { scope: "/chat" })
    .catch(() => {
      // Without it the chat works all the same, but only with a network.
    });
}
