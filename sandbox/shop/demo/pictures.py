"""Draws a picture for each product of the demo shop: one plain shape on a quiet ground, in its category's colour."""

import io
import random

from PIL import Image, ImageDraw

from sandbox.shop.demo.shelves import Article

SIZE = 600
GROUNDS = {
    "Kitchen": "#e8e2d6",
    "Lamps and candles": "#efe0c2",
    "Paper and pens": "#dfe5ea",
    "Wool and blankets": "#ead9d0",
    "Bath": "#d9e8e4",
    "Garden": "#dfe8d3",
}
PAINTS = ("#2f6473", "#b5533c", "#5d7a4a", "#c58a2d", "#44506b", "#8a5a83", "#6b5b4b")
LIGHT = "#fffaf0"


def draw(article: Article) -> bytes:
    """Return the picture of an article as a JPEG, always the same one."""
    image = Image.new("RGB", (SIZE, SIZE), GROUNDS[article.category])
    pen = ImageDraw.Draw(image)
    paint = random.Random(article.code).choice(PAINTS)
    pen.ellipse((130, 455, 470, 505), fill=_darker(GROUNDS[article.category]))
    SHAPES[article.shape](pen, paint)
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()


def _darker(colour: str) -> str:
    return "#" + "".join(f"{int(colour[place : place + 2], 16) * 9 // 10:02x}" for place in (1, 3, 5))


def _mug(pen: ImageDraw.ImageDraw, paint: str) -> None:
    pen.arc((360, 240, 480, 400), -90, 90, fill=paint, width=28)
    pen.rounded_rectangle((180, 200, 400, 480), 36, fill=paint)
    pen.ellipse((180, 180, 400, 230), fill=_darker(paint))


def _bowl(pen: ImageDraw.ImageDraw, paint: str) -> None:
    pen.pieslice((120, 120, 480, 490), 0, 180, fill=paint)
    pen.ellipse((120, 270, 480, 340), fill=_darker(paint))


def _stick(pen: ImageDraw.ImageDraw, paint: str) -> None:
    pen.line((190, 460, 410, 170), fill=paint, width=34)
    pen.ellipse((350, 110, 470, 250), fill=paint)


def _cloth(pen: ImageDraw.ImageDraw, paint: str) -> None:
    pen.rounded_rectangle((140, 190, 460, 480), 18, fill=paint)
    for top in range(220, 470, 50):
        pen.line((140, top, 460, top), fill=LIGHT, width=8)


def _jar(pen: ImageDraw.ImageDraw, paint: str) -> None:
    pen.rounded_rectangle((190, 240, 410, 485), 30, fill=paint)
    pen.rounded_rectangle((210, 170, 390, 240), 14, fill=_darker(paint))
    pen.rounded_rectangle((230, 320, 370, 410), 8, fill=LIGHT)


def _candle(pen: ImageDraw.ImageDraw, paint: str) -> None:
    for left, top in ((180, 270), (270, 200), (360, 310)):
        pen.rectangle((left, top, left + 60, 480), fill=paint)
        pen.line((left + 30, top, left + 30, top - 22), fill="#333333", width=5)
        pen.ellipse((left + 18, top - 72, left + 42, top - 20), fill="#f2b134")


def _lantern(pen: ImageDraw.ImageDraw, paint: str) -> None:
    pen.arc((220, 90, 380, 260), 180, 360, fill=paint, width=14)
    pen.polygon(((200, 230), (400, 230), (360, 160), (240, 160)), fill=paint)
    pen.rectangle((225, 230, 375, 430), fill=LIGHT, outline=paint, width=14)
    pen.ellipse((275, 290, 325, 390), fill="#f2b134")
    pen.rectangle((195, 430, 405, 485), fill=paint)


def _ball(pen: ImageDraw.ImageDraw, paint: str) -> None:
    pen.ellipse((150, 180, 450, 480), fill=paint)
    for inset in (30, 65, 100):
        pen.arc((150 + inset, 180, 450 - inset, 480), 0, 360, fill=LIGHT, width=6)


def _book(pen: ImageDraw.ImageDraw, paint: str) -> None:
    pen.rounded_rectangle((180, 140, 430, 485), 14, fill=paint)
    pen.rectangle((180, 140, 215, 485), fill=_darker(paint))
    pen.rectangle((260, 210, 390, 270), fill=LIGHT)


SHAPES = {
    "ball": _ball,
    "book": _book,
    "bowl": _bowl,
    "candle": _candle,
    "cloth": _cloth,
    "jar": _jar,
    "lantern": _lantern,
    "mug": _mug,
    "stick": _stick,
}
