/** Without style or script, because it has to work where nothing was built. */
export const MISSING_CONSOLE = `<!doctype html>
<html lang="ja">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Sekisho</title></head>
<body>
<h1>コンソールはまだビルドされていません</h1>
<p>ハブは動いています。運用者の方は <code>npm run build</code> を実行してください。</p>
<h1 lang="en">The console has not been built</h1>
<p lang="en">The hub is running. Operator: run <code>npm run build</code>.</p>
</body>
</html>
`;
