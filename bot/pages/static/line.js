// A WebSocket that comes back by itself.

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30000;
const STABLE = 5000;
const ASLEEP = 60000;

export class Line {
  // `address` gives the address for each try; `onFrame` gets what came; `onState` "open", "lost" or "offline".
  constructor(address, onFrame, onState) {
    this.address = address;
    this.onFrame = onFrame;
    this.onState = onState;
    this.wait = FIRST_WAIT;
    this.heard = 0;
    addEventListener("online", () => this.open());
    addEventListener("offline", () => this.onState("offline"));
    document.addEventListener("visibilitychange", () => {
      // A phone that slept may hold a socket that is dead at the other end.
      if (!document.hidden && Date.now() - this.heard > ASLEEP) this.open();
    });
    this.open();
  }

  get isOpen() {
    return this.socket?.readyState === WebSocket.OPEN;
  }

  open() {
    clearTimeout(this.timer);
    const old = this.socket;
    const socket = new WebSocket(this.address());
    this.socket = socket;
    old?.close();
    socket.addEventListener("open", () => {
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
      this.timer = setTimeout(() => this.open(), this.wait * (0.75 + Math.random() / 2));
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    });
  }

  send(frame) {
    if (this.isOpen) this.socket.send(JSON.stringify(frame));
  }
}
