// One chat on a page: shows the conversation, sends what is written, and loses neither.

import { Journal } from "./journal.js";
import { Line } from "./line.js";
import { listenForPhotos, sendFiles, sendPlace } from "./attaching.js";
import { bubble, element, letterOf, markOf } from "./bubbles.js";
import { Seen } from "./seen.js";
import { listenTo } from "./voice.js";

const SHOWN_AFTER = 1500;
const RESENT_AFTER = 10000;
const NEAR = 120;

const newId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export class Chat {
  // `onLetter` gets each letter that is shown, and whether it came just now.
  constructor(root, onLetter = () => {}) {
    this.root = root;
    this.onLetter = onLetter;
    this.texts = JSON.parse(root.dataset.texts);
    this.log = root.querySelector(".log");
    this.stateLine = root.querySelector(".state");
    this.newer = root.querySelector(".newer");
    this.form = root.querySelector("form");
    this.box = root.querySelector("textarea");
    this.files = root.querySelector(".files");
    this.journal = new Journal(root.dataset.memory, (told) => this.other(told));
    this.seen = new Seen(this.log, (ids) => this.isReady && this.line.send({ id: newId(), seen: ids }));
    this.shown = new Map();
    this.tried = new Map();
    this.isReady = false;
    this.goal = null;
    this.replayed = new Set();
    this.listen();
    this.open();
  }

  async open() {
    await this.journal.load();
    this.restore();
    this.line = new Line((kind) => this.address(kind), (frame) => this.hear(frame), (state) => this.tell(state));
    setInterval(() => this.sendWaiting(), RESENT_AFTER / 2);
  }

  address(which) {
    const found = new URL(this.root.dataset[which], location.href);
    found.searchParams.set("lang", document.documentElement.lang);
    if (which === "socket") {
      found.protocol = location.protocol === "https:" ? "wss:" : "ws:";
      // Frames that are no letters come only where they are asked for.
      found.searchParams.set("signals", "1");
    }
    if (which !== "upload") found.searchParams.set("after", this.journal.after);
    if (which === "socket" || !this.isReady) {
      this.newest = this.journal.newest;
      this.replayed.clear();
    }
    return found.href;
  }

  restore() {
    this.log.setAttribute("aria-busy", "true");
    // Somebody may have written before the conversation was there.
    this.log.replaceChildren();
    this.shown.clear();
    for (const entry of this.journal.entries) {
      this.draw(entry);
      if (entry.letter) this.onLetter(entry.letter, false);
    }
    this.log.removeAttribute("aria-busy");
    this.log.scrollTo({ top: this.log.scrollHeight, behavior: "instant" });
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.sendWords();
    });
    this.box.addEventListener("keydown", (event) => {
      // While a Vietnamese keyboard still composes a word, Enter belongs to the keyboard.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.sendWords();
    });
    this.box.addEventListener("input", () => this.fit());
    listenForPhotos(this);
    this.root.querySelector(".place").addEventListener("click", () => sendPlace(this));
    listenTo(this.root, {
      send: (sound) => sendFiles(this, "voice", [sound]),
      notice: (words) => this.notice(words),
      texts: this.texts,
    });
    this.newer.addEventListener("click", () => {
      this.log.scrollTop = this.log.scrollHeight;
      this.newer.hidden = true;
    });
    for (const kind of ["scrollend", "wheel", "touchmove", "pointerdown", "keydown"]) {
      this.log.addEventListener(kind, () => { this.goal = null; }, { passive: true });
    }
    this.log.addEventListener("scroll", () => {
      if (this.isNearEnd()) this.newer.hidden = true;
    });
  }

  fit() {
    this.box.style.height = "auto";
    this.box.style.height = `${this.box.scrollHeight + 4}px`;
  }

  // Outgoing

  say(frame, words, isHidden = false) {
    const entry = { frame: { id: newId(), ...frame }, words, state: "sending", isHidden };
    this.journal.add(entry);
    this.journal.tell({ kind: "entry", entry });
    this.draw(entry);
    this.send(entry);
  }

  sendWords(words = this.box.value) {
    if (!words.trim()) return;
    this.say({ text: words }, words);
    this.box.value = "";
    this.fit();
  }

  send(entry) {
    if (!this.isReady || !this.line?.isOpen) return;
    this.tried.set(entry.frame.id, Date.now());
    this.line.send(entry.frame);
  }

  sendWaiting() {
    for (const entry of this.journal.waiting) {
      const tried = this.tried.get(entry.frame.id) ?? 0;
      if (Date.now() - tried > RESENT_AFTER) this.send(entry);
    }
  }

  // Incoming

  hear(frame) {
    if (frame.ready) this.begin();
    else if ("ack" in frame) this.mark(frame.ack, "sent");
    else if ("error" in frame) this.refused(frame);
    else this.receive(frame);
  }

  begin() {
    // The last letter shown here is among those asked for, unless the service keeps it no more.
    if (this.newest && !this.replayed.has(this.newest)) {
      this.forget();
      return;
    }
    this.isReady = true;
    this.tried.clear();
    this.seen.soon();
    const { start } = this.root.dataset;
    if (start) {
      this.root.dataset.start = "";
      const here = new URL(location.href);
      here.searchParams.delete("start");
      history.replaceState(null, "", here);
      this.say({ text: `/start ${start}` }, "", true);
    } else if (!this.journal.entries.length) {
      this.say({ text: "/start" }, "", true);
    }
    this.sendWaiting();
  }

  // Another store, or a person who had their data deleted: what is shown here is no more.
  forget() {
    this.journal.forget();
    this.restore();
    this.line.open();
  }

  receive(letter) {
    this.replayed.add(letter.id);
    if (this.journal.has(letter.id)) return;
    const entry = { letter };
    const wasNear = this.isNearEnd();
    this.journal.add(entry);
    const drawn = this.draw(entry);
    // It may bring up a question below, which takes room from the conversation.
    this.onLetter(letter, this.isReady);
    if (wasNear) this.scrollTo(drawn);
    else this.newer.hidden = false;
  }

  // What another tab of the same person said, or learnt about what was said.
  other({ kind, entry, id, state, reason }) {
    if (kind === "mark") this.mark(id, state, reason, true);
    if (kind !== "entry" || this.journal.said(entry.frame.id)) return;
    this.journal.add(entry);
    this.draw(entry);
  }

  refused({ id, error, retry }) {
    if (retry || id === undefined) {
      this.notice(error);
      return;
    }
    this.mark(id, "failed", error);
  }

  mark(id, state, reason = "", isTold = false) {
    const entry = this.journal.said(id);
    if (!entry) return;
    if (!isTold) this.journal.tell({ kind: "mark", id, state, reason });
    if (state === "sent" && this.stateLine.dataset.kind === "notice") this.notice("");
    entry.state = state;
    entry.reason = reason;
    this.journal.save();
    this.journal.keep(entry);
    const drawn = this.shown.get(id);
    drawn?.querySelector(".mark")?.replaceWith(this.markFor(entry));
  }

  // What is seen

  draw(entry) {
    if (entry.isHidden) return null;
    const message = entry.letter ? this.drawLetter(entry) : this.drawOwn(entry);
    this.log.append(message);
    if (!entry.letter) this.scrollTo(message);
    return message;
  }

  drawOwn(entry) {
    const message = element("div", "message own");
    message.append(bubble(entry.words, this.texts.you), this.markFor(entry));
    this.shown.set(entry.frame.id, message);
    return message;
  }

  drawLetter(entry) {
    const { letter } = entry;
    for (const older of this.log.querySelectorAll(".message:not(.older)")) older.classList.add("older");
    const message = letterOf(letter, this.texts, {
      choose: (choice) => this.say({ choice: choice.key }, choice.title),
      place: () => sendPlace(this),
    });
    for (const image of message.querySelectorAll("img")) {
      // A picture takes its room only when it has come.
      image.addEventListener("load", () => {
        if (message === this.log.lastElementChild && this.newer.hidden) this.scrollTo(message);
      });
    }
    this.seen.watch(message, letter.id, () => {
      entry.isSeen = true;
      this.journal.save();
    }, entry.isSeen);
    return message;
  }

  markFor(entry) {
    return markOf(entry, this.texts, () => {
      this.mark(entry.frame.id, "sending");
      this.send(entry);
    });
  }

  isNearEnd() {
    // While it glides somewhere, what counts is where it will stop.
    const top = this.goal ?? this.log.scrollTop;
    return this.log.scrollHeight - top - this.log.clientHeight < NEAR;
  }

  scrollTo(message) {
    // A letter longer than the window is read from its beginning.
    const isTall = message.offsetHeight > this.log.clientHeight;
    const top = isTall ? message.offsetTop - this.log.offsetTop - 8 : this.log.scrollHeight;
    // A chat that is not shown goes nowhere.
    this.goal = this.log.clientHeight ? top : null;
    this.log.scrollTop = top;
  }

  notice(words) {
    clearTimeout(this.stateTimer);
    this.stateLine.dataset.kind = "notice";
    this.stateLine.textContent = words;
  }

  tell(state) {
    clearTimeout(this.stateTimer);
    if (state === "open") {
      if (this.stateLine.dataset.kind === "line") this.stateLine.textContent = "";
      return;
    }
    this.isReady = false;
    const show = () => {
      this.stateLine.dataset.kind = "line";
      this.stateLine.textContent = this.texts[state];
    };
    // A connection that is back at once is not worth a word.
    if (state === "offline") show();
    else this.stateTimer = setTimeout(show, SHOWN_AFTER);
  }
}
