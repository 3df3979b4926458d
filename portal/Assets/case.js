// The case page under a hand: choose what came of a contact by its key, then Enter.

const form = document.getElementById("log");

if (form) {
  const at = form.querySelector("[data-at]");
  const channel = form.querySelector("[name='Log.Channel']");
  const submit = form.querySelector("button.primary");
  const outcomes = [...form.querySelectorAll("[name='Log.Outcome']")];
  const chosen = () => outcomes.find(radio => radio.checked)?.value ?? "";

  const show = () => {
    for (const part of form.querySelectorAll("[data-for]")) {
      part.hidden = part.dataset.for !== chosen();
    }
    for (const label of form.querySelectorAll("[data-channels]")) {
      const channels = label.dataset.channels;
      label.hidden = channels !== "" && !channels.split(" ").includes(channel.value);
      if (label.hidden) {
        label.querySelector("input").checked = false;
      }
    }
    for (const group of form.querySelectorAll(".outcomes fieldset")) {
      group.hidden = [...group.querySelectorAll("label")].every(label => label.hidden);
    }
  };

  // It happened when it was chosen, not when the page was opened or the form was sent: sent twice, the form says the same.
  form.addEventListener("change", event => {
    if (event.target.name === "Log.Outcome") {
      at.value = new Date().toISOString().slice(0, 19) + "Z";
    }
    show();
  });
  form.addEventListener("keyed", () => (chosen() === "promise" ? form.querySelector("[name='Log.PromiseAmount']") : submit).focus());
  form.addEventListener("keydown", event => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.isComposing) {
      event.preventDefault();
      form.requestSubmit(submit);
    }
  });
  show();

  // A note outlives a reload, in this tab alone and until it is sent.
  const note = form.querySelector("textarea");
  const draft = `draft:${form.dataset.draft}`;
  if (document.querySelector(".done")) {
    sessionStorage.removeItem(draft);
  } else if (note.value === "") {
    note.value = sessionStorage.getItem(draft) ?? "";
  }
  note.addEventListener("input", () => note.value === "" ? sessionStorage.removeItem(draft) : sessionStorage.setItem(draft, note.value));
}

// A settlement asks for what its kind needs.
for (const kind of document.querySelectorAll("select[data-fits]")) {
  const fit = () => kind.form.querySelectorAll("[data-for]").forEach(part => { part.hidden = !part.dataset.for.split(" ").includes(kind.value); });
  kind.addEventListener("change", fit);
  fit();
}
