// The chosen theme and language before anything is drawn. Written by src/settings/settings.ts.
try {
  const { theme, language } = JSON.parse(localStorage.getItem('sekisho.settings') ?? '{}');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
  if (language === 'ja' || language === 'en') document.documentElement.lang = language;
} catch {
  // Without storage the system's theme and language apply.
}
