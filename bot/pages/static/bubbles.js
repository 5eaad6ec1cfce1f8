// The parts of a conversation as elements. Words only ever become text, never markup.

const LINK = /https?:\/\/[^\s<>"“”]+|\bPA\d{4}-[0-9A-Z]{4}\b/gu;
const AFTER_LINK = /[.,;:!?)\]}'’…]+$/u;
const OPENED = ["https:", "http:", "tel:", "mailto:"];

export function element(name, className = "", words = "") {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (words) made.textContent = words;
  return made;
}

function safe(address) {
  try {
    const found = new URL(address, location.href);
    return OPENED.includes(found.protocol) ? found.href : "";
  } catch {
    return "";
  }
}

function link(address, words, className = "") {
  const made = element("a", className, words);
  made.href = address;
  made.target = "_blank";
  made.rel = "noopener noreferrer nofollow";
  return made;
}

// The words of a message, its web addresses as links; `speaker` is heard but not seen.
export function bubble(words, speaker) {
  const made = element("p", "bubble");
  made.append(element("span", "unseen", `${speaker} `));
  let from = 0;
  for (const found of words.matchAll(LINK)) {
    if (found[0].startsWith("PA")) {
      // A code that is read out or written down stands in one line.
      made.append(words.slice(from, found.index), element("span", "code", found[0]));
      from = found.index + found[0].length;
      continue;
    }
    const address = found[0].replace(AFTER_LINK, "");
    const opened = safe(address);
    if (!opened) continue;
    made.append(words.slice(from, found.index), link(opened, address));
    from = found.index + address.length;
  }
  made.append(words.slice(from));
  return made;
}

export function markOf(entry, texts, onAgain) {
  const mark = element("div", `mark ${entry.state}`);
  mark.append(element("span", "", entry.reason || texts[entry.state]));
  if (entry.state === "failed") {
    const again = element("button", "again", texts.again);
    again.type = "button";
    again.addEventListener("click", onAgain);
    mark.append(again);
  }
  return mark;
}

function attached(attachment, texts) {
  if (attachment.kind === "location") {
    const { latitude, longitude } = attachment;
    return link(`https://www.google.com/maps?q=${latitude},${longitude}`, texts.map, "attached");
  }
  const address = safe(attachment.url);
  if (!attachment.url || !address) return element("p", "bubble", attachment.name || attachment.phone || texts.file);
  if (attachment.kind === "audio") {
    const sound = element("audio", "attached");
    sound.controls = true;
    sound.preload = "none";
    sound.src = address;
    sound.setAttribute("aria-label", texts.voice);
    return sound;
  }
  const made = link(address, "", "attached");
  if (attachment.kind === "image") {
    const image = element("img");
    image.src = address;
    image.alt = attachment.name || texts.photo;
    made.append(image);
  } else {
    made.textContent = attachment.name ? `${texts.file}: ${attachment.name}` : texts.file;
  }
  return made;
}

function chosen(choice, choose) {
  const address = choice.url ? safe(choice.url) : "";
  if (address) return link(address, choice.title, "choice");
  const button = element("button", "", choice.title);
  button.type = "button";
  button.addEventListener("click", () => {
    for (const other of button.parentElement.children) other.removeAttribute("aria-pressed");
    button.setAttribute("aria-pressed", "true");
    choose(choice);
  });
  return button;
}

export function letterOf(letter, texts, { choose, place }) {
  const message = element("div", "message letter");
  if (letter.text) message.append(bubble(letter.text, texts.commune));
  for (const attachment of letter.attachments ?? []) message.append(attached(attachment, texts));
  const choices = element("div", "choices");
  for (const choice of letter.choices ?? []) choices.append(chosen(choice, choose));
  if (letter.ask === "location") {
    const button = element("button", "", texts.place_sent);
    button.type = "button";
    button.addEventListener("click", place);
    choices.append(button);
  }
  if (choices.children.length) message.append(choices);
  return message;
}
