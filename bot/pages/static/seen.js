// Which letters were before somebody's eyes: a good part in the window, the page in front.

const TOLD_AFTER = 700;
const ENOUGH = 0.6;
const STEPS = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, ENOUGH, 0.8, 1];
const MOST = 50;

export class Seen {
  constructor(log, tell) {
    this.tell = tell;
    this.ids = new Map();
    this.waiting = new Map();
    document.addEventListener("visibilitychange", () => this.soon());
    if (!("IntersectionObserver" in window)) return;
    this.watching = new IntersectionObserver((found) => {
      for (const { target, intersectionRatio: ratio, intersectionRect, rootBounds } of found) {
        // Of a letter longer than the window no more is ever seen at once than the window's half.
        if (ratio < ENOUGH && intersectionRect.height < (rootBounds?.height ?? 0) / 2) continue;
        if (!ratio) continue;
        this.watching.unobserve(target);
        const { id, onTold } = this.ids.get(target);
        this.waiting.set(id, onTold);
      }
      this.soon();
    }, { root: log, threshold: STEPS });
  }

  watch(message, id, onTold, isTold) {
    if (isTold || !this.watching) return;
    this.ids.set(message, { id, onTold });
    this.watching.observe(message);
  }

  soon() {
    clearTimeout(this.timer);
    if (this.waiting.size && !document.hidden) this.timer = setTimeout(() => this.say(), TOLD_AFTER);
  }

  say() {
    if (document.hidden) return;
    const told = [...this.waiting].slice(0, MOST);
    // What cannot be said now is said with the next letter.
    if (this.tell(told.map(([id]) => id)) === false) return;
    for (const [id, onTold] of told) {
      this.waiting.delete(id);
      onTold();
    }
    this.soon();
  }
}
