// An import under way: what has become of it is fetched every second and put in place, without losing the reader's place. Without this the
// page tells the same when it is loaded again.

const pause = 1000;

async function refresh() {
  const live = document.getElementById("live");
  if (live?.dataset.underWay !== "true") {
    return;
  }
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (answer.ok && !answer.redirected) {
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const [now, then] = [document, fresh].map(page => [...page.querySelectorAll("[data-live]")]);
      now.forEach((element, place) => {
        if (then[place] && !element.contains(document.activeElement)) {
          element.replaceWith(then[place]);
        }
      });
    }
  } catch {
    // The next turn asks again.
  }
  setTimeout(refresh, pause);
}

setTimeout(refresh, pause);
