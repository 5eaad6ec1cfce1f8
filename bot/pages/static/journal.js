// What was said on this page. A tab remembers its conversation until it is closed; what is not yet
// sent outlives even that, so that a phone that was offline sends it whenever the chat is opened.

const KEPT = 200;
// Letters may come out of the order of their numbers, so a little more is asked for than was missed.
const OVERLAP = 20;
const ANSWERED_WITHIN = 200;
const UNSENT_FOR = 7 * 24 * 3600 * 1000;

function read(storage, name) {
  try {
    return JSON.parse(storage().getItem(name));
  } catch {
    // Storage is switched off or holds something else.
    return null;
  }
}

function write(storage, name, value) {
  try {
    if (value === null) storage().removeItem(name);
    else storage().setItem(name, JSON.stringify(value));
  } catch {
    // Without storage a reload shows only what the service sends again.
  }
}

// Reading the property itself fails where storage is forbidden.
const session = () => sessionStorage;
const lasting = () => localStorage;

export class Journal {
  // `name` tells whose conversation it is; `onOther` is told what another tab of theirs said.
  constructor(name, onOther) {
    this.name = name;
    this.entries = read(session, name) ?? [];
    this.tabs = "BroadcastChannel" in window ? new BroadcastChannel(name) : null;
    this.tabs?.addEventListener("message", ({ data }) => this.hear(data, onOther));
  }

  // A new tab takes the conversation over from one that has it.
  async load() {
    if (!this.entries.length && this.tabs) {
      await new Promise((done) => {
        this.adopted = done;
        this.tabs.postMessage({ kind: "hello" });
        setTimeout(done, ANSWERED_WITHIN);
      });
      this.adopted = null;
    }
    for (const entry of this.unsent()) if (!this.said(entry.frame.id)) this.entries.push(entry);
    this.save();
  }

  hear(data, onOther) {
    if (data.kind === "hello") {
      if (this.entries.length) this.tabs.postMessage({ kind: "entries", entries: this.entries });
    } else if (data.kind === "entries") {
      if (!this.adopted) return;
      const own = this.entries;
      this.entries = data.entries;
      this.entries.push(...own.filter(({ frame }) => frame && !this.said(frame.id)));
      this.adopted();
    } else {
      onOther(data);
    }
  }

  tell(data) {
    this.tabs?.postMessage(data);
  }

  add(entry) {
    this.entries.push(entry);
    this.entries.splice(0, this.entries.length - KEPT);
    this.save();
    if (entry.frame) this.keep(entry);
  }

  // Each unsent message has a place of its own, so that two tabs never overwrite one another.
  keep(entry) {
    const { state, frame } = entry;
    write(lasting, `unsent:${this.name}:${frame.id}`, state === "sending" ? { at: Date.now(), entry } : null);
  }

  unsent() {
    const found = [];
    try {
      for (const name of Object.keys(localStorage)) {
        if (!name.startsWith(`unsent:${this.name}:`)) continue;
        const kept = read(lasting, name);
        if (kept && Date.now() - kept.at < UNSENT_FOR) found.push(kept);
        else write(lasting, name, null);
      }
    } catch {
      return [];
    }
    return found.sort((one, other) => one.at - other.at).map(({ entry }) => entry);
  }

  save() {
    write(session, this.name, this.entries);
  }

  letters() {
    return this.entries.filter((entry) => entry.letter).map((entry) => entry.letter.id);
  }

  has(id) {
    return this.letters().includes(id);
  }

  get after() {
    const ids = this.letters().sort((one, other) => one - other);
    return ids.at(-OVERLAP - 1) ?? 0;
  }

  get newest() {
    return Math.max(0, ...this.letters());
  }

  get waiting() {
    return this.entries.filter((entry) => entry.state === "sending");
  }

  forget() {
    this.entries = this.waiting;
    this.save();
  }

  said(id) {
    return this.entries.find((entry) => entry.frame?.id === id);
  }
}

// Whose conversation a page shows that was opened without a network, and cannot know it itself.
export function whose(name) {
  if (name) write(lasting, "whose", name);
  return name || read(lasting, "whose") || "nobody";
}
