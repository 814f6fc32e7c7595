// Before the first paint: the theme that the visitor chose; without a choice the system's holds.
(() => {
  const root = document.documentElement;
  const chosen = () => { try { return localStorage.getItem("theme"); } catch { return null; } };
  const show = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  show(chosen());
  window.toggleTheme = () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = dark ? "light" : "dark";
    show(theme);
    try { localStorage.setItem("theme", theme); } catch { /* private mode: it holds for this page */ }
    document.dispatchEvent(new Event("theme"));
  };
})();
