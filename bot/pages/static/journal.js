// What was said on this page. It outlives a reload and is forgotten when the tab is closed.

const KEPT = 200;
// Letters may come out of the order of their numbers, so a little more is asked for than was missed.
const OVERLAP = 20;

export class Journal {
  constructor(name) {
    this.name = name;
    this.entries = [];
    try {
      this.entries = JSON.parse(sessionStorage.getItem(name)) ?? [];
    } catch {
      // Storage is switched off or holds something else: the conversation begins empty.
    }
  }

  add(entry) {
    this.entries.push(entry);
    this.entries.splice(0, this.entries.length - KEPT);
    this.save();
  }

  save() {
    try {
      sessionStorage.setItem(this.name, JSON.stringify(this.entries));
    } catch {
      // Without storage a reload shows only what the service sends again.
    }
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

  sent(id) {
    return this.entries.find((entry) => entry.frame?.id === id);
  }
}
