// Lets the chat open without a network: an empty page and what it is made of, never a conversation.
const NAME = {{ name | tojson }};
const SHELL = {{ shell | tojson }};
const OPENED = {{ opened | tojson }};

addEventListener("install", (event) => {
  const keep = async () => {
    const kept = await caches.open(NAME);
    await kept.addAll(SHELL);
    await skipWaiting();
  };
  event.waitUntil(keep());
});

addEventListener("activate", (event) => {
  const tidy = async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("shell-") && name !== NAME).map((name) => caches.delete(name)));
    await clients.claim();
  };
  event.waitUntil(tidy());
});

addEventListener("fetch", (event) => {
  const { request } = event;
  const asked = new URL(request.url);
  if (request.method !== "GET" || asked.origin !== location.origin) return;
  const kept = () => caches.open(NAME).then((shell) => {
    if (request.mode !== "navigate") return shell.match(request);
    return shell.match(OPENED[asked.searchParams.get("lang")] ?? OPENED.vi);
  });
  const isShell = request.mode === "navigate" ? asked.pathname === "/chat" : SHELL.includes(asked.pathname);
  if (isShell) event.respondWith(fetch(request).catch(async () => (await kept()) ?? Response.error()));
});

addEventListener("notificationclick", (event) => {
  event.notification.close();
  const show = async () => {
    const pages = await clients.matchAll({ type: "window" });
    const chat = pages.find((page) => new URL(page.url).pathname === "/chat");
    return chat ? chat.focus() : clients.openWindow("/chat");
  };
  event.waitUntil(show());
});
