// Sets the theme the visitor chose before anything is painted; without a choice the device decides. See theme switch in app.js.
try {
  const theme = localStorage.getItem('theme');
  if (theme) document.documentElement.dataset.theme = theme;
} catch { /* storage is refused: the device decides */ }
