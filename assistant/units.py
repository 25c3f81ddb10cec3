"""The units of figures, and how they are written."""

__all__ = ["CURRENCIES", "SIGNS", "UNIT_OF", "compatible"]

_UNITS = {
    "%": "%|percent|per cent|パーセント",
    "point": "point|points|percentage point|percentage points|percent point|percent points"
    "|ポイント|%ポイント|パーセントポイント",
    "USD": "us dollar|us dollars|u.s. dollars|usd|米ドル",
    "HKD": "hong kong dollar|hong kong dollars|hk dollar|hk dollars|hkd|香港ドル",
    "AUD": "australian dollar|australian dollars|aud|豪ドル",
    "CAD": "canadian dollar|canadian dollars|cad|カナダドル",
    "TWD": "taiwan dollar|taiwan dollars|twd|台湾ドル",
    "dollar": "dollar|dollars|ドル",
    "cent": "cent|cents|セント",
    "JPY": "yen|jpy|円",
    "CNY": "yuan|renminbi|cny|rmb|元|人民元",
    "EUR": "euro|euros|eur|ユーロ",
    "GBP": "pound|pounds|gbp|ポンド",
    "KRW": "krw|ウォン",
    "INR": "rupee|rupees|inr|ルピー",
    "year": "year|years|年|歳|才|か年|カ年|ヵ年|ヶ年",
    "month": "month|months|月|か月|カ月|ヵ月|ヶ月|ケ月|箇月",
    "week": "week|weeks|週",
    "day": "day|days|日",
    "hour": "hour|hours|時",
    "minute": "minute|minutes|分",
    "second": "seconds|秒",
    "part": "分の",
    "person": "people|person|persons|人|名",
    "kilometre": "km|kilometer|kilometers|kilometre|kilometres|キロメートル",
    "metre": "meter|meters|metre|metres|メートル",
    "mile": "mile|miles|マイル",
    "kilogram": "kg|kilogram|kilograms|キログラム",
    "ton": "ton|tons|tonne|tonnes|トン",
    "centimetre": "cm|centimeter|centimeters|centimetre|centimetres|センチメートル|センチ",
    "millimetre": "mm|millimeter|millimeters|millimetre|millimetres|ミリメートル",
    "gram": "gram|grams|グラム",
    "litre": "liter|liters|litre|litres|リットル",
    "hectare": "hectare|hectares|ヘクタール",
    "acre": "acre|acres|エーカー",
    "square kilometre": "square kilometer|square kilometers|square kilometre|square kilometres"
    "|平方キロメートル|平方キロ",
    "square metre": "square meter|square meters|square metre|square metres|平方メートル",
    "kilowatt": "kw|kilowatt|kilowatts|キロワット",
    "megawatt": "mw|megawatt|megawatts|メガワット",
    "gigawatt": "gw|gigawatt|gigawatts|ギガワット",
    "kilowatt-hour": "kwh|kilowatt-hour|kilowatt-hours|キロワット時",
    "megawatt-hour": "mwh|megawatt-hour|megawatt-hours|メガワット時",
    "gigawatt-hour": "gwh|gigawatt-hour|gigawatt-hours|ギガワット時",
    "celsius": "degrees celsius|degree celsius|°c",
    "fahrenheit": "degrees fahrenheit|degree fahrenheit|°f",
    "kilometre an hour": "km/h|kph|kilometers per hour|kilometres per hour|kilometers an hour|kilometres an hour",
    "mile an hour": "mph|miles per hour|miles an hour",
}
"""Spellings of each unit, in the form of `fold`. "second" alone is an ordinal more often than a unit."""
UNIT_OF = {spelling: unit for unit, spellings in _UNITS.items() for spelling in spellings.split("|")}
SIGNS = {"$": "dollar", "us$": "USD", "hk$": "HKD", "a$": "AUD", "c$": "CAD", "nt$": "TWD"}
SIGNS |= {"¥": "JPY", "€": "EUR", "£": "GBP", "₩": "KRW", "₹": "INR"}
SIGNS |= {code.casefold(): code for code in ("USD", "HKD", "AUD", "CAD", "TWD", "JPY", "CNY", "EUR", "GBP")}
CURRENCIES = frozenset(SIGNS.values())
_DOLLARS = frozenset(unit for sign, unit in SIGNS.items() if sign.endswith("$"))


def compatible(one: str | None, other: str | None) -> bool:
    """Whether two units don't contradict each other; None is one that isn't known."""
    if one == other or one is None or other is None:
        return True
    return "dollar" in (one, other) and {one, other} <= _DOLLARS
