// What pages have of scripts. Everything works without: this is for hands that do it three hundred times a day.

document.documentElement.classList.add("scripted");

// A refusal is read out and looked at first.
document.querySelector(".refusal")?.focus();

// One click is one deed: a second, while the first is on its way, does nothing.
document.addEventListener("submit", event => {
  const form = event.target;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  if (form.method === "post") {
    form.dataset.sent = "true";
    setTimeout(() => { delete form.dataset.sent; }, 10000);
  }
});
addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(form => { delete form.dataset.sent; }));

// What must not be left alone asks once more.
document.addEventListener("submit", event => {
  const asks = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (asks && !confirm(asks)) {
    event.preventDefault();
    delete event.target.dataset.sent;
  }
});

// Whoever signs out leaves nothing of a debtor's behind in the tab.
document.querySelector("form[action='/sign-out']")?.addEventListener("submit", () => sessionStorage.clear());

// Keys of the page: an element with data-key is clicked, or focused where it is a field. Never while typing, never inside
// an input method, never together with Ctrl, Alt or Meta, which are the browser's.
const types = element => element.closest("input:not([type=radio], [type=checkbox], [type=submit], [type=button]), textarea, select, [contenteditable]");
document.addEventListener("keydown", event => {
  if (event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey || event.repeat || event.defaultPrevented || types(event.target)) {
    return;
  }
  const found = [...document.querySelectorAll("[data-key]")].find(element => element.dataset.key === event.key && element.getClientRects().length > 0);
  if (found) {
    event.preventDefault();
    found.focus();
    if (!found.matches("input:not([type=radio], [type=checkbox]), textarea, select")) {
      found.click();
      found.dispatchEvent(new CustomEvent("keyed", { bubbles: true }));
    }
  }
});

// Ticking rows: all at once, and what they add up to in each currency.
const ticks = [...document.querySelectorAll("input[type=checkbox][data-amount]")];
const totals = document.querySelector("[data-totals]");
if (ticks.length > 0 && totals) {
  const all = document.querySelector("[data-all-of]");
  const text = totals.textContent;
  const sum = () => {
    const ticked = ticks.filter(tick => tick.checked);
    const sums = new Map();
    for (const tick of ticked) {
      const [, amount, currency] = tick.value.split("|");
      sums.set(currency, (sums.get(currency) ?? 0n) + BigInt(amount));
    }
    const shown = [...sums].map(([currency, minor]) => {
      const digits = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits;
      const units = minor.toString().padStart(digits + 1, "0");
      const whole = BigInt(units.slice(0, units.length - digits)).toLocaleString(document.documentElement.lang);
      return `${currency} ${whole}${digits > 0 ? "." + units.slice(-digits) : ""}`;
    });
    totals.hidden = ticked.length === 0;
    totals.textContent = text.replace("0", ticked.length) + shown.join(" · ");
  };
  all.hidden = false;
  all.querySelector("input").addEventListener("change", event => { ticks.forEach(tick => { tick.checked = event.target.checked; }); sum(); });
  ticks.forEach(tick => tick.addEventListener("change", sum));
  sum();
}
