// The line to the service: a WebSocket that comes back by itself, or questions every few seconds
// where a network lets no WebSocket through.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const STABLE = 5000;
const ASLEEP = 60000;
const ASK_EVERY = 3000;
const TRY_SOCKET_AGAIN = 120000;

export class Line {
  // `address` gives the address for each try of a kind, "socket" or "poll"; `onFrame` gets what
  // came; `onState` "open", "lost" or "offline".
  constructor(address, onFrame, onState) {
    this.address = address;
    this.onFrame = onFrame;
    this.onState = onState;
    this.wait = FIRST_WAIT;
    this.heard = 0;
    this.asking = 0;
    addEventListener("online", () => this.open());
    addEventListener("offline", () => this.onState("offline"));
    document.addEventListener("visibilitychange", () => {
      // A phone that slept may hold a socket that is dead at the other end.
      if (!document.hidden && Date.now() - this.heard > ASLEEP) this.open();
    });
    this.open();
  }

  get isOpen() {
    return this.asking > 0 || this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.timer);
    this.asking = 0;
    const old = this.socket;
    const socket = new WebSocket(this.address("socket"));
    let opened = false;
    this.socket = socket;
    old?.close();
    socket.addEventListener("open", () => {
      opened = true;
      this.heard = Date.now();
      setTimeout(() => {
        if (this.socket === socket && this.isOpen) this.wait = FIRST_WAIT;
      }, STABLE);
      this.onState("open");
    });
    socket.addEventListener("message", (event) => {
      if (this.socket !== socket) return;
      this.heard = Date.now();
      this.onFrame(JSON.parse(event.data));
    });
    socket.addEventListener("close", () => {
      if (this.socket !== socket) return;
      this.onState(navigator.onLine ? "lost" : "offline");
      this.timer = setTimeout(() => this.back(opened), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    });
  }

  // After a socket that never opened: if the service answers questions, only sockets are blocked.
  back(opened) {
    if (opened || !navigator.onLine) this.open();
    else this.ask(Date.now());
  }

  async ask(since) {
    const { socket } = this;
    let letters;
    try {
      const answer = await fetch(this.address("poll"));
      if (!answer.ok) throw new Error(String(answer.status));
      ({ letters } = await answer.json());
    } catch {
      if (this.socket === socket) this.open();
      return;
    }
    // Meanwhile a socket was tried again, as when a network came back.
    if (this.socket !== socket) return;
    const first = !this.asking;
    this.asking = since;
    this.heard = Date.now();
    this.wait = FIRST_WAIT;
    if (first) this.onState("open");
    for (const letter of letters) this.onFrame(letter);
    if (first) this.onFrame({ ready: true });
    if (Date.now() - since > TRY_SOCKET_AGAIN) this.open();
    else this.timer = setTimeout(() => this.ask(since), ASK_EVERY);
  }

  async send(frame) {
    if (!this.asking) {
      if (this.isOpen) this.socket.send(JSON.stringify(frame));
      return;
    }
    try {
      const body = JSON.stringify(frame);
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(this.address("poll"), { method: "POST", headers, body });
      this.onFrame(await answer.json());
    } catch {
      // What is not acknowledged is sent again.
    }
  }
}
