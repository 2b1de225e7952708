"""The look: text can be read in light and in dark, and figures keep to it."""

import re

import numpy as np
import pytest

from workbench.views import look

COLOURS = dict(re.findall(r"(--wb-[a-z-]+): light-dark\((#[0-9a-f]{6}, #[0-9a-f]{6})\)", look.stylesheet()))
THEMES = ("light", "dark")
# what is written on what: text needs 4.5 to 1, edges of fields and marks in charts 3 to 1 (WCAG 2.2, AA)
WRITTEN = [
    *((text, ground) for text in ("ink", "muted") for ground in ("paper", "wash")),
    *((tone, ground) for tone in ("accent", "amber", "red", "green") for ground in ("paper", f"{tone}-wash")),
    *(("ink", f"{tone}-wash") for tone in ("accent", "amber", "red", "green")),
    *(("muted", f"{tone}-wash") for tone in ("amber", "red")),
    ("on-accent", "accent"),
    ("on-accent", "pressed"),
]
# filter: hue-rotate(180deg), as filter effects define it; invert(0.94) turns c into 0.94 - 0.88 c
TURN = np.array([[-0.574, 1.43, 0.144], [0.426, 0.43, 0.144], [0.426, 1.43, -0.856]])


def colour(name, theme):
    light, dark = COLOURS[f"--wb-{name}"].split(", ")
    return rgb(light if theme == "light" else dark)


def rgb(text):
    return np.array([int(text[at : at + 2], 16) / 255 for at in (1, 3, 5)])


def contrast(one, other):
    """Contrast ratio of two colours: black on white is 21."""
    linear = (np.where(c <= 0.04045, c / 12.92, ((c + 0.055) / 1.055) ** 2.4) for c in (one, other))
    low, high = sorted(float(each @ (0.2126, 0.7152, 0.0722)) for each in linear)
    return (high + 0.05) / (low + 0.05)


def in_figure(text, theme):
    """A colour of a figure as it is seen: dark turns figures around."""
    given = rgb(text)
    return given if theme == "light" else np.clip(TURN @ (0.94 - 0.88 * given), 0, 1)


def test_contrast_is_what_everybody_calls_so():
    assert contrast(rgb("#000000"), rgb("#ffffff")) == pytest.approx(21)
    assert contrast(rgb("#777777"), rgb("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(("text", "ground"), WRITTEN)
def test_text_can_be_read(text, ground, theme):
    assert contrast(colour(text, theme), colour(ground, theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_edges_of_fields_can_be_seen(theme):
    assert contrast(colour("edge", theme), colour("paper", theme)) >= 3


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("text", [look.INK, look.MUTED])
def test_text_in_figures_can_be_read(text, theme):
    assert contrast(in_figure(text, theme), colour("paper", theme)) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("mark", [look.ACCENT, look.AMBER, look.RED, look.GREEN])
def test_marks_in_figures_can_be_seen(mark, theme):
    assert contrast(in_figure(mark, theme), colour("paper", theme)) >= 3


def test_the_stylesheet_turns_figures_around_as_these_tests_do():
    assert "invert(0.94) hue-rotate(180deg)" in look.stylesheet()


def test_figures_have_the_inks_of_the_page():
    light = {name: pair.split(", ")[0] for name, pair in COLOURS.items()}

    assert tuple(light[f"--wb-{name}"] for name in ("ink", "muted", "line")) == (
        look.INK,
        look.MUTED,
        look.LINE,
    )
    assert light["--wb-accent"] == look.ACCENT
    assert look.TEMPLATE in look.pio.templates


def test_every_colour_is_named_once_at_the_top():
    rules = look.stylesheet().partition("--wb-font:")[2]

    assert not re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*;)", rules)
