// News for somebody who looks elsewhere: asked for only once they have a ticket, and without a word
// of the conversation, because a locked screen is read by others.

const TICKET = /^\/phieu PA\d{4}-/u;
const REFUSED = "news:no";

const isRefused = () => {
  try {
    return localStorage.getItem(REFUSED) !== null;
  } catch {
    return true;
  }
};

export class News {
  constructor(root, texts) {
    this.texts = texts;
    this.question = root.querySelector(".news");
    this.isPossible = Boolean(this.question) && "Notification" in window && "serviceWorker" in navigator;
    this.question?.querySelector(".yes").addEventListener("click", () => this.ask());
    this.question?.querySelector(".no").addEventListener("click", () => this.refuse());
  }

  // A letter that shows one of the person's tickets makes news worth having.
  seen(letter) {
    if (!this.isPossible || Notification.permission !== "default" || isRefused()) return;
    if ((letter.choices ?? []).some(({ key }) => TICKET.test(key))) this.question.hidden = false;
  }

  async ask() {
    this.question.hidden = true;
    await Notification.requestPermission();
  }

  refuse() {
    this.question.hidden = true;
    try {
      localStorage.setItem(REFUSED, "1");
    } catch {
      // It is asked again another time.
    }
  }

  async tell() {
    if (!this.isPossible || !document.hidden || Notification.permission !== "granted") return;
    const worker = await navigator.serviceWorker.ready;
    const { news_title: title, news_text: body } = this.texts;
    await worker.showNotification(title, { body, tag: "letter", icon: "/icon-192.png" });
  }
}
