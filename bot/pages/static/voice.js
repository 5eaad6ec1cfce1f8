// A voice note: recorded on the device, sent when it is stopped, thrown away when it is called back.

const LONGEST = 180;
const WAYS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

function way() {
  if (!navigator.mediaDevices?.getUserMedia || !window.MediaRecorder) return "";
  return WAYS.find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
}

export function listenTo(root, { send, notice, texts }) {
  const mimeType = way();
  const start = root.querySelector(".voice");
  const panel = root.querySelector(".recording");
  if (!mimeType || !start) return;
  start.hidden = false;
  const seconds = panel.querySelector(".seconds");
  let recorder = null;
  let ticking = 0;
  let isWanted = false;

  const stop = (wanted) => {
    isWanted = wanted;
    recorder?.stop();
  };

  async function record() {
    let stream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: true });
    } catch {
      notice(texts.voice_unknown);
      return;
    }
    const parts = [];
    const began = Date.now();
    recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: 24000 });
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      clearInterval(ticking);
      for (const track of stream.getTracks()) track.stop();
      recorder = null;
      panel.hidden = true;
      start.hidden = false;
      start.focus();
      const [type] = mimeType.split(";");
      if (isWanted) send(new Blob(parts, { type }));
    });
    recorder.start(1000);
    const tell = () => {
      const spoken = Math.floor((Date.now() - began) / 1000);
      seconds.textContent = `${Math.floor(spoken / 60)}:${String(spoken % 60).padStart(2, "0")}`;
      if (spoken >= LONGEST) stop(true);
    };
    tell();
    ticking = setInterval(tell, 250);
    start.hidden = true;
    panel.hidden = false;
    panel.querySelector(".stop").focus();
  }

  start.addEventListener("click", () => { if (!recorder) record(); });
  panel.querySelector(".stop").addEventListener("click", () => stop(true));
  panel.querySelector(".drop").addEventListener("click", () => stop(false));
  addEventListener("pagehide", () => stop(false));
}
