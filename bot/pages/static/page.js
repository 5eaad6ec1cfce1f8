// The page with one chat.

import { Chat } from "./chat.js";

for (const root of document.querySelectorAll("[data-chat]")) new Chat(root);
