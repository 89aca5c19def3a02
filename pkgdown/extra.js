// The scripts for the table of contents and for the search come from a CDN. Without one, the contents are
// listed here, and the search is not offered.
document.addEventListener("DOMContentLoaded", () => {
  if (!window.Fuse) document.querySelectorAll("form[role=search]").forEach((form) => form.remove());
  const contents = document.querySelector("#toc");
  if (!contents || window.Toc) return;
  const list = document.createElement("ul");
  list.className = "nav flex-column";
  document.querySelectorAll("main h2, .section.level2 > h2").forEach((heading) => {
    const anchor = heading.id || heading.closest("[id]").id;
    const link = document.createElement("a");
    link.className = "nav-link";
    link.href = `#${anchor}`;
    link.textContent = heading.textContent.trim();
    list.append(link);
  });
  if (list.children.length) contents.append(list);
  else contents.remove();
});
