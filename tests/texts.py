"""Articles written for the tests: one with many figures in both languages, and a short one on something else."""

ENGLISH = """\
Island bakery sells its millionth cinnamon roll

The Hoshino bakery on Tsukimi Island sold its millionth cinnamon roll on Tuesday, 14 years after Emi Hoshino \
opened the shop. Sales rose 12% in May and 38% since January, she said.

A roll costs 240 yen, up from 210 yen last year, because flour has become 9.5% dearer. The bakery employs 17 \
people, four of them on the night shift.

Customers queue from half past six in the morning. On Saturdays the line is about 80 metres long, and the rolls \
are gone before noon.

Hoshino plans a second shop in the port of Shirahama by the autumn of 2031. It will cost 45 million yen, two \
thirds of it borrowed from a local bank."""

JAPANESE = """\
島のパン屋、シナモンロールの販売が100万個に

月見島の星野ベーカリーは火曜日、シナモンロールの販売が100万個に達した。星野恵美さんが店を開いてから14年になる。\
売り上げは5月に12%、1月からでは38%伸びたという。

値段は1個240円で、昨年の210円から上がった。小麦粉が9.5%値上がりしたためだ。店では17人が働き、うち4人は夜勤である。

客は朝6時半から並ぶ。土曜日の列はおよそ80メートルになり、昼前には売り切れる。

星野さんは2031年の秋までに白浜港に2号店を開く計画だ。費用は4500万円で、3分の2は地元の銀行から借りる。"""

BILINGUAL = f"{ENGLISH}\n\n{JAPANESE}\n"

OTHER = """\
Town library lends umbrellas

The library of Brenholm has lent out umbrellas since March. So far 640 have been borrowed and 628 brought back.

Librarian Tom Aske wants to lend raincoats too from next spring.

町の図書館、傘の貸し出し

ブレンホルム町の図書館は3月から傘を貸し出している。これまでに640本が借りられ、628本が返された。

司書のトム・アスケさんは来春から雨がっぱも貸したいと考えている。
"""

CHINESE = "岛上的面包店昨天卖出了第一百万个肉桂卷，店主说今年的销售额增长了百分之三十八，并计划开设第二家分店。"
KOREAN = "섬의 빵집이 어제 백만 번째 시나몬롤을 팔았다. 올해 매출은 삼십팔 퍼센트 늘었다고 한다."
