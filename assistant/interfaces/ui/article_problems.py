"""What can be wrong with a text, a file, a page or the library: each message as it is raised, and in Japanese."""

__all__ = ["ARTICLE_PROBLEMS"]

_BY_HAND = (
    " Open it in a browser, copy the text of the article and add that.",
    "ページをブラウザーで開き、記事の本文をコピーして追加してください。",
)
_OUT_OF_PUBLIC = (
    " Save the page as a file and add that.",
    "ページをファイルに保存し、それを追加してください。",
)

ARTICLE_PROBLEMS = (
    # The text
    (
        "{name} is not a text in UTF-8, UTF-16 or Shift JIS. Save it as plain text in UTF-8.",
        "「{name}」はUTF-8、UTF-16、シフトJISのどの文字コードのテキストでもありません。"
        "UTF-8のテキストとして保存し直してください。",
    ),
    (
        "{date!r} is no date. Write it as 2026-03-14, or leave it out.",
        "「{date}」は日付として読めません。2026-03-14のように書くか、空欄にしてください。",
    ),
    (
        "The text is in neither English nor Japanese; those two are the languages read here.",
        "本文が英語でも日本語でもありません。英語か日本語の記事を入力してください。",
    ),
    (
        "The text is empty. Paste an article in English or Japanese, or choose a text file.",
        "本文が空です。英語か日本語の記事を貼り付けるか、ファイルを選んでください。",
    ),
    (
        "The text has {size:,} bytes; at most {limit:,} are read. Take out what is not part of the article.",
        "本文が{size:,}バイトあります。読めるのは{limit:,}バイトまでです。記事以外の部分を削ってください。",
    ),
    # Files
    (
        "{name} is empty. Choose another file, or paste the text of the article.",
        "「{name}」は空です。別のファイルを選ぶか、記事の本文を貼り付けてください。",
    ),
    (
        "{name} is of no kind that can be read. Save the article as .docx, .pdf, .html or .txt.",
        "「{name}」は読めない種類のファイルです。記事を .docx、.pdf、.html、.txt のどれかで保存し直してください。",
    ),
    (
        "{name} is no {kind} file, though it is called one. Save it anew, or choose another file.",
        "「{name}」は{kind}のファイルという名前ですが、中身が違います。保存し直すか、別のファイルを選んでください。",
    ),
    (
        "{name} took more than {seconds} seconds to read. Save the text of the article alone, or paste it.",
        "「{name}」は{seconds}秒かけても読み終わりませんでした。記事の本文だけを保存し直すか、貼り付けてください。",
    ),
    (
        "{name} can't be read: no process could be started for it ({reason}). Close other programs and try again, or "
        "paste the text of the article.",
        "「{name}」を読むためのプログラムを起動できませんでした（{reason}）。"
        "ほかのプログラムを閉じてもう一度お試しになるか、記事の本文を貼り付けてください。",
    ),
    (
        "The {kind} file {name} is broken: it can't be read. Save it anew, or paste the text of the article.",
        "{kind}ファイル「{name}」は壊れていて読めません。保存し直すか、記事の本文を貼り付けてください。",
    ),
    (
        "The {kind} file {name} is broken: {reason}. Save it anew, or paste the text of the article.",
        "{kind}ファイル「{name}」は壊れています（{reason}）。保存し直すか、記事の本文を貼り付けてください。",
    ),
    (
        "{name} has {size:,} characters of text; at most {limit:,} are read. Take out what is not part of the article.",
        "「{name}」の本文が{size:,}文字あります。読めるのは{limit:,}文字までです。記事以外の部分を削ってください。",
    ),
    (
        "{name} is too large when it is unpacked. Save the pages of the article alone, or paste the text.",
        "「{name}」は展開すると大きすぎます。記事のページだけを保存し直すか、本文を貼り付けてください。",
    ),
    (
        "{name} has {pages} pages; at most {limit} are read. Save the pages of the article alone.",
        "「{name}」は{pages}ページあります。読めるのは{limit}ページまでです。記事のページだけを保存し直してください。",
    ),
    (
        "{name} has no text in it, as a scan has none. Run text recognition (OCR) on it, or paste the text.",
        "「{name}」には文字の情報がありません（スキャンした画像など）。文字認識（OCR）をかけるか、"
        "本文を貼り付けてください。",
    ),
    (
        "{name} shows letters on page {page} but doesn't say which they are, so they can't be read. "
        "Run text recognition (OCR) on it, or paste the text.",
        "「{name}」の{page}ページには、どの文字なのかが記録されていない文字があり、読み取れません。"
        "文字認識（OCR）をかけるか、本文を貼り付けてください。",
    ),
    (
        "{name} is locked with a password. Save or print it to a PDF without one and add that.",
        "「{name}」にはパスワードがかかっています。パスワードのないPDFとして保存または印刷し、それを追加してください。",
    ),
    (
        "{name} has no text in it. If it holds pictures of a text, type or paste the text instead.",
        "「{name}」には文字がありません。文章が画像として入っている場合は、本文を入力するか貼り付けてください。",
    ),
    (
        "{name} has no text of its own, but an attached file: {attached}. Save that from the mail and add it.",
        "「{name}」には本文がなく、添付ファイル「{attached}」だけがあります。それをメールから保存し、追加してください。",
    ),
    (
        "{name} is encrypted. Open it in a mail program, copy the text of the article and add that.",
        "「{name}」は暗号化されています。メールソフトで開き、記事の本文をコピーして追加してください。",
    ),
    (
        "{name} is locked against copying (DRM), so its text can't be read. Choose a copy without a lock, or paste the "
        "text.",
        "「{name}」はコピーが制限されている（DRM）ため、読み取れません。制限のないものを選ぶか、本文を貼り付けてください。",
    ),
    (
        "{name} is broken: {reason}. Open it in a word processor and save it anew.",
        "「{name}」は壊れています（{reason}）。ワープロソフトで開いて、保存し直してください。",
    ),
    (
        "{name} is no Word document. Save the article as .docx, .pdf, .html or .txt.",
        "「{name}」はWordの文書ではありません。記事を .docx、.pdf、.html、.txt のどれかで保存し直してください。",
    ),
    (
        "{name} has {size:,} bytes when it is unpacked; at most {limit:,} are read. Save the text of the article "
        "alone.",
        "「{name}」は展開すると{size:,}バイトになります。読めるのは{limit:,}バイトまでです。"
        "記事の本文だけを保存し直してください。",
    ),
    (
        "No article was found on {name}. Open the page in a browser, copy the text of the article and add that.",
        "「{name}」には記事が見つかりませんでした。ページをブラウザーで開き、記事の本文をコピーして追加してください。",
    ),
    (
        "The file {name} can't be read: {reason}.",
        "ファイル「{name}」を読めません（{reason}）。ファイルを確認してください。",
    ),
    (
        "{name} has more than {limit:,} bytes, the most that is read. Save the text of the article alone.",
        "「{name}」は、読める上限の{limit:,}バイトを超えています。記事の本文だけを保存し直してください。",
    ),
    (
        "The folder {folder} has no {suffixes} files. Choose another, or name the files themselves.",
        "フォルダー「{folder}」には、読める種類（{suffixes}）のファイルがありません。別のフォルダーか、"
        "ファイルそのものを指定してください。",
    ),
    (
        "The folder {folder} can't be read: {reason}. Make it readable, or name the files themselves.",
        "フォルダー「{folder}」を読めません（{reason}）。読めるようにするか、ファイルそのものを指定してください。",
    ),
    # Pages
    (
        "{url} did not come within {seconds:g} seconds. Try again later." + _BY_HAND[0],
        "「{url}」は{seconds:g}秒以内に届きませんでした。しばらくしてからもう一度お試しください。" + _BY_HAND[1],
    ),
    (
        "{url} leads on to other addresses without end." + _BY_HAND[0],
        "「{url}」は別のアドレスへの転送を際限なく繰り返します。" + _BY_HAND[1],
    ),
    (
        "{url} is no web address ({reason}). It looks like https://example.org/news.",
        "「{url}」はページのアドレスではありません（{reason}）。https://example.org/news のような形で入力してください"
        "。",
    ),
    (
        "{url} is no web address that can be fetched. It begins with http:// or https:// and a host.",
        "「{url}」は取得できるアドレスではありません。http:// または https:// で始まり、"
        "サーバー名が続くアドレスを入力してください。",
    ),
    (
        "The address has a user's name or password in it; none is sent. Take it out." + _OUT_OF_PUBLIC[0],
        "アドレスにユーザー名かパスワードが含まれています。どちらも送信しませんので、"
        "取り除いてください。" + _OUT_OF_PUBLIC[1],
    ),
    (
        "{url} is {kind}, and neither a page nor a text nor a PDF. Choose another address.",
        "「{url}」は{kind}で、ページでもテキストでもPDFでもありません。別のアドレスを入力してください。",
    ),
    (
        "{url} is packed in a way that isn't read here ({encoding})." + _BY_HAND[0],
        "「{url}」は、ここでは読めない方式（{encoding}）で圧縮されています。" + _BY_HAND[1],
    ),
    (
        "{url} came broken. Try again." + _BY_HAND[0],
        "「{url}」は壊れた状態で届きました。もう一度お試しください。" + _BY_HAND[1],
    ),
    (
        "{url} has more than {limit:,} bytes, the most that is read." + _BY_HAND[0],
        "「{url}」は、読める上限の{limit:,}バイトを超えています。" + _BY_HAND[1],
    ),
    (
        "There is no page at {url} (HTTP {status}). Check the address.",
        "「{url}」にはページがありません（HTTP {status}）。アドレスを確認してください。",
    ),
    (
        "The server of {url} has a fault (HTTP {status}). Try again later." + _BY_HAND[0],
        "「{url}」のサーバーに障害が起きています（HTTP {status}）。"
        "しばらくしてからもう一度お試しください。" + _BY_HAND[1],
    ),
    (
        "The server does not give out {url} (HTTP {status})." + _BY_HAND[0],
        "サーバーが「{url}」を渡しません（HTTP {status}）。" + _BY_HAND[1],
    ),
    (
        "{host} can't show that it is {host} ({reason}), so nothing is fetched from it. Check "
        "the address." + _OUT_OF_PUBLIC[0],
        "「{host}」が本物であることを確かめられなかったため（{reason}）、取得しませんでした。"
        "アドレスを確認してください。" + _OUT_OF_PUBLIC[1],
    ),
    (
        "{host} can't be reached: {reason}. Check the address and the connection.",
        "「{host}」に接続できません（{reason}）。アドレスとネットワークの接続を確認してください。",
    ),
    (
        "The connection to {host} broke off ({reason}). Try again." + _BY_HAND[0],
        "「{host}」との接続が途中で切れました（{reason}）。もう一度お試しください。" + _BY_HAND[1],
    ),
    (
        "There is no host {host} to be found. Check the address and the connection.",
        "「{host}」というサーバーが見つかりません。アドレスとネットワークの接続を確認してください。",
    ),
    (
        "{host} is no address of the open internet; from others nothing is fetched." + _OUT_OF_PUBLIC[0],
        "「{host}」は公開されたインターネットのアドレスではないため、取得しません。" + _OUT_OF_PUBLIC[1],
    ),
    # The library
    (
        "There is no article yet. Add one first.",
        "記事がまだありません。先に記事を追加してください。",
    ),
    (
        "There is no article {article!r}. `assistant list` shows the articles and their ids.",
        "記事「{article}」は見つかりません。すでに削除された可能性があります。記事を選び直してください。",
    ),
    (
        "The article {article} can't be removed: {reason}.",
        "記事「{article}」を削除できません（{reason}）。ファイルを変更できるか確認し、もう一度お試しください。",
    ),
    (
        "The articles in {folder} are in use by another running assistant. Close it, or ask there; to work beside it "
        "with other articles, set ASSISTANT_HOME to another folder.",
        "「{folder}」の記事は、起動中の別のアシスタントが使っています。そちらを閉じるか、そちらで質問してください。"
        "別の記事で同時に使うには、ASSISTANT_HOME に別のフォルダーを指定してください。",
    ),
    (
        "The folder {folder} can't be written: {reason}. Name another in ASSISTANT_HOME.",
        "フォルダー「{folder}」に書き込めません（{reason}）。ASSISTANT_HOME で別のフォルダーを指定してください。",
    ),
    (
        "The article file {name} is damaged ({reason}) and was moved to {folder}. The other articles are as they were.",
        "記事のファイル「{name}」は壊れているため（{reason}）、{folder} に移しました。ほかの記事はそのまま使えます。",
    ),
    (
        "The article file {path} was written by a newer assistant. Update this one to read it; until then the "
        "article is left out.",
        "記事のファイル {path} は新しい版のアシスタントで保存されたものです。アシスタントを更新すると読めます。"
        "それまでこの記事は表示されません。",
    ),
    (
        "The article file {path} can't be read: {reason}. Move it away to go on without it.",
        "記事のファイル「{path}」を読めません（{reason}）。この記事なしで続けるには、"
        "ファイルを別の場所に移してください。",
    ),
    (
        "{path} can't be written: {reason}. Make room, or set ASSISTANT_HOME.",
        "「{path}」に書き込めません（{reason}）。空き容量を増やすか、"
        "ASSISTANT_HOME で別のフォルダーを指定してください。",
    ),
    (
        "{failure}: {reason}. Check that the disk has room and that you may write there, or name another folder in "
        "ASSISTANT_HOME.",
        "{failure}（{reason}）。ディスクに空きがあり、書き込みが許可されていることを確認するか、"
        "ASSISTANT_HOME で別のフォルダーを指定してください。",
    ),
    (
        "The article store in {folder} can't be opened",
        "「{folder}」にある記事の保存先を開けません",
    ),
    (
        "The article could not be stored",
        "記事を保存できませんでした",
    ),
    (
        "The article could not be removed",
        "記事を削除できませんでした",
    ),
    (
        "The article store could not be read",
        "保存した記事を読み込めませんでした",
    ),
    (
        "The article store could not be searched",
        "保存した記事を検索できませんでした",
    ),
    (
        "What is kept in {folder} can't be removed: {reason}.",
        "「{folder}」に保存したデータを削除できません（{reason}）。ファイルを変更できるか確認し、"
        "もう一度お試しください。",
    ),
)
"""Pairs of templates, English and Japanese, with the same values."""
