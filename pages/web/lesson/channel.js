/** Which tab this is, so that two lessons in two tabs have a presenter's window each; it outlives a reload. */
const TAB = "lesson tab";

const newTab = () => {
  const id = Math.random().toString(36).slice(2, 12);
  sessionStorage.setItem(TAB, id);
  return id;
};

/** The line between the bar and the presenter's windows of its tab; `state` gives what they show, `press` does what their keys mean. */
export class Line {
  constructor(state, press) {
    Object.assign(this, { state, press, me: Math.random() });
    this.open(sessionStorage.getItem(TAB) ?? newTab());
    this.post({ kind: "here", me: this.me });
  }

  open(tab) {
    this.channel?.close();
    this.tab = tab;
    this.channel = new BroadcastChannel(`lesson ${tab}`);
    this.channel.onmessage = ({ data }) => this.hear(data);
  }

  hear(data) {
    if (data.kind === "ask") this.tell();
    else if (data.kind === "key") this.press(data.key);
    else if (data.kind === "here" && data.me !== this.me) this.post({ kind: "taken", me: data.me }); // a copy of this tab was opened
    else if (data.kind === "taken" && data.me === this.me) {
      this.open(newTab());
      this.tell();
    }
  }

  post(message) {
    this.channel.postMessage(message);
  }

  tell() {
    this.post(this.state());
  }

  end() {
    this.post({ kind: "ended" });
    this.channel.close();
  }
}
