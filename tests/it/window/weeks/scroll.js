// Scrolls by so many pixels and looks at every frame until enough weeks lie beyond those in view again. Tells how far
// the week at the top strayed meanwhile, how many weeks were in the page at most, and which are there in the end.
const [by, done] = arguments;
const view = document.querySelector(".weeks-scroll");
const weeks = () => [...view.querySelectorAll("[data-week]")];
const edge = view.getBoundingClientRect();
const rect = (week) => week.getBoundingClientRect();
const inView = (week) => rect(week).bottom > edge.top + 1 && rect(week).top < edge.bottom;
const before = view.scrollTop;
view.scrollBy(0, by);
const moved = view.scrollTop - before;
const held = weeks().find(inView).dataset.week;
const top = () => view.querySelector(`[data-week="${held}"]`)?.getBoundingClientRect().top;
const at = top();
let [most, strayed, calm, frames] = [0, 0, 0, 0];
const look = () => {
  const all = weeks();
  most = Math.max(most, all.length);
  strayed = Math.max(strayed, top() === undefined ? Infinity : Math.abs(top() - at));
  const first = all.findIndex(inView);
  const last = all.findLastIndex(inView);
  const reaches = (week, limit) => week.dataset.week === limit;
  const above = first >= 3 || reaches(all[0], "1900-01-01");
  const below = all.length - 1 - last >= 3 || reaches(all.at(-1), "2200-12-29");
  calm = above && below ? calm + 1 : 0;
  if (calm < 3 && ++frames < 600) return requestAnimationFrame(look);
  done({ strayed, most, moved, settled: calm >= 3, weeks: all.map((week) => week.dataset.week), first });
};
requestAnimationFrame(look);
