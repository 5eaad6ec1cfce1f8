// What goes along with words: photos, voice notes, a place.

import { element } from "./bubbles.js";
import { Cancelled, Refused, TooLarge, upload } from "./uploading.js";

const MOST_PHOTOS = 10;

function onTheWay(chat, kind, preview, cancel) {
  const { texts } = chat;
  const message = element("div", "message own");
  const label = element("p", "bubble", texts[`${kind}_sending`]);
  const bar = element("progress", "progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", texts[`${kind}_sending`]);
  const stop = element("button", "cancel", texts.cancel);
  stop.type = "button";
  stop.addEventListener("click", cancel);
  message.append(label);
  if (preview) {
    const image = element("img", "preview");
    image.src = preview;
    image.alt = "";
    message.append(image);
  }
  message.append(bar, stop);
  chat.log.append(message);
  chat.scrollTo(message);
  return { message, label, bar, stop };
}

// Sends files as one message; `kind` is "photo" or "voice".
export async function sendFiles(chat, kind, files) {
  const { texts } = chat;
  const calling = new AbortController();
  const preview = kind === "photo" ? URL.createObjectURL(files[0]) : "";
  const { message, label, bar, stop } = onTheWay(chat, kind, preview, () => calling.abort());
  try {
    const attachments = [];
    for (const file of files) {
      const onProgress = (share) => { bar.value = (attachments.length + share) / files.length; };
      const { ref } = await upload(chat.address("upload"), file, onProgress, calling.signal);
      attachments.push({ kind: kind === "photo" ? "image" : "audio", ref });
    }
    message.remove();
    const words = texts[kind];
    chat.say({ attachments }, files.length > 1 ? `${words} × ${files.length}` : words);
  } catch (error) {
    if (error instanceof Cancelled) {
      message.remove();
      chat.box.focus();
      return;
    }
    const told = error instanceof TooLarge ? texts.photo_large : texts[`${kind}_failed`];
    label.textContent = error instanceof Refused ? error.message : told;
    bar.remove();
    stop.remove();
    const again = element("button", "again", texts.again);
    again.type = "button";
    again.addEventListener("click", () => {
      message.remove();
      sendFiles(chat, kind, files);
    });
    message.append(again);
  } finally {
    if (preview) URL.revokeObjectURL(preview);
  }
}

export function sendPlace(chat) {
  const { texts } = chat;
  const failed = () => chat.notice(texts.place_unknown);
  if (!navigator.geolocation) {
    failed();
    return;
  }
  chat.notice(texts.place_asking);
  navigator.geolocation.getCurrentPosition(({ coords }) => {
    chat.notice("");
    const { latitude, longitude } = coords;
    chat.say({ attachments: [{ kind: "location", latitude, longitude }] }, texts.place_sent);
  }, failed, { enableHighAccuracy: true, timeout: 20000, maximumAge: 60000 });
}

export function listenForPhotos(chat) {
  chat.root.querySelector(".photo").addEventListener("click", () => chat.files.click());
  chat.files.addEventListener("change", () => {
    const chosen = [...chat.files.files].slice(0, MOST_PHOTOS);
    chat.files.value = "";
    if (chosen.length) sendFiles(chat, "photo", chosen);
  });
}
