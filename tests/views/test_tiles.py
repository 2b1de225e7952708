from workbench.views.notices import notice
from workbench.views.tiles import Tile, tiles


def test_a_tile_says_number_unit_and_note():
    html = tiles([Tile("Stock value", "1 200", "USD", "at cost", "mind")])

    assert 'wb-tile wb-mind"' in html
    for part in ("Stock value", "1 200", "USD", "at cost"):
        assert part in html


def test_tiles_and_notices_are_escaped():
    hostile = "<script>x</script>"

    assert "<script>" not in tiles([Tile(hostile, hostile, hostile, hostile)])
    assert "<script>" not in notice(hostile, hostile, "wrong")


def test_every_line_of_a_notice_is_a_paragraph():
    assert notice("Stopped", "one\n\ntwo").count("<p>") == 2
